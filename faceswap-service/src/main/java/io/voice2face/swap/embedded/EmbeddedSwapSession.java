package io.voice2face.swap.embedded;

import org.opencv.core.Mat;
import org.opencv.core.Rect;

import io.voice2face.swap.FaceSwapper;
import io.voice2face.swap.face.TrackedFace;

/** One person of one clip under the embedded swapper: the stages, kept in balance. */
final class EmbeddedSwapSession implements FaceSwapper.SwapSession {
    private final SourceFace source;
    private final TurnBalance balance;
    private final SwapStages stages;

    EmbeddedSwapSession(SourceFace source, TurnBalance balance) {
        this.source = source;
        this.balance = balance;
        this.stages = new SwapStages(source);
    }

    @Override
    public Rect swap(Mat frame, TrackedFace face) {
        if (balance.wantsTrial(face)) {
            try (SwapStages trial = new SwapStages(source)) {
                balance.settle(frame, face, trial);
            }
        }
        Rect changed = stages.swap(frame, face, balance.next());
        balance.look(frame, face, stages.occludedShare());
        return changed;
    }

    /** Share of the cover that was taken for an occluder in the last frame, 0..1. */
    double occludedShare() {
        return stages.occludedShare();
    }

    @Override
    public void close() {
        stages.close();
        balance.close();
    }
}
