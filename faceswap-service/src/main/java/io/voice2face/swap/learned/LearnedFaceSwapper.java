package io.voice2face.swap.learned;

import java.util.List;
import java.util.Optional;

import org.opencv.core.Mat;
import org.opencv.core.Rect;

import io.voice2face.contracts.event.ModelUse;
import io.voice2face.inference.OnnxModel;
import io.voice2face.inference.face.MeshLandmarks;
import io.voice2face.inference.swapper.FivePoints;
import io.voice2face.inference.swapper.LearnedSwapper;
import io.voice2face.inference.swapper.SourceFace;
import io.voice2face.swap.FaceSwapper;
import io.voice2face.swap.PortraitFace;
import io.voice2face.swap.face.FaceFinder;
import io.voice2face.swap.face.TrackedFace;

/** Puts a learned swapper of an operator's pack behind the same door as the embedded one. */
public final class LearnedFaceSwapper implements FaceSwapper {
    private final LearnedSwapper swapper;
    private final PortraitFace portraits;

    /** @param finder looks for the face in portraits; used under a lock */
    public LearnedFaceSwapper(LearnedSwapper swapper, FaceFinder finder) {
        this.swapper = swapper;
        this.portraits = new PortraitFace(finder);
    }

    @Override
    public PreparedFace prepare(Mat bgr) throws NoFaceException {
        SourceFace source = swapper.prepare(bgr, points(portraits.locate(bgr), 1));
        return new PreparedFace() {
            @Override
            public SwapSession open() {
                return new Session(swapper.worker(), source);
            }

            @Override
            public void close() {
                // numbers only: nothing to free
            }
        };
    }

    @Override
    public List<ModelUse> models() {
        return swapper.models().stream()
                .map(m -> new ModelUse(
                        m.pack().kind().label(),
                        m.pack().id(),
                        m.pack().version(),
                        m.provider().used().label()))
                .toList();
    }

    @Override
    public List<String> fallbacks() {
        return swapper.models().stream().flatMap(m -> reason(m).stream()).toList();
    }

    private static Optional<String> reason(OnnxModel model) {
        return model.provider().reason().map(r -> model.pack().id() + ": " + r);
    }

    private static FivePoints points(float[] xyz, float score) {
        return FivePoints.of(new MeshLandmarks(xyz, score));
    }

    @Override
    public void close() {
        swapper.close();
        portraits.close();
    }

    private record Session(LearnedSwapper.Worker worker, SourceFace source) implements SwapSession {
        @Override
        public Rect swap(Mat frame, TrackedFace face) {
            if (face.fade() == 0) {
                return new Rect();
            }
            worker.swap(frame, points(face.xyz(), face.score()), source, face.fade());
            // how far a pack's template reaches around a face is its own affair
            return new Rect(0, 0, frame.cols(), frame.rows());
        }

        @Override
        public void close() {
            worker.close();
        }
    }
}
