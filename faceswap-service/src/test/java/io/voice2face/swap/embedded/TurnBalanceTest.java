package io.voice2face.swap.embedded;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opencv.core.Mat;

import io.voice2face.swap.FaceSwapper;
import io.voice2face.swap.PortraitFace;
import io.voice2face.swap.TestFaces;
import io.voice2face.swap.face.FaceChoice;
import io.voice2face.swap.face.FaceFinder;
import io.voice2face.swap.face.FaceRegion;
import io.voice2face.swap.face.FaceTopology;
import io.voice2face.swap.face.FaceTracker;
import io.voice2face.swap.face.HeadPose;
import io.voice2face.swap.face.PoseEstimator;
import io.voice2face.swap.face.TrackedFace;

import static org.assertj.core.api.Assertions.assertThat;

class TurnBalanceTest {
    private static final List<String> TEMPLATES = List.of("studio-woman", "garden-woman", "office-man", "evening-man");

    private final FaceTopology topology = TestFaces.topology();

    @TempDir
    Path folder;

    @Test
    void theHeadOfTheResultIsTurnedAsTheTargets() throws Exception {
        double left = 0;
        double balanced = 0;
        int pairs = 0;
        try (PortraitFace network = new PortraitFace(TestFaces.finder());
                EmbeddedFaceSwapper swapper = new EmbeddedFaceSwapper(TestFaces.finder(), topology)) {
            List<Mat> people = new ArrayList<>();
            for (String template : TEMPLATES) {
                people.add(TestFaces.posterPixels(template, folder));
            }
            for (Mat source : people) {
                float[] landmarks = network.locate(source);
                for (Mat target : people) {
                    if (target == source) {
                        continue;
                    }
                    TrackedFace face = track(target);
                    try (SourceFace prepared = new SourcePreparation(topology, landmarks).prepare(source);
                            SwapStages stages = new SwapStages(prepared);
                            FaceSwapper.PreparedFace whole = swapper.prepare(source);
                            FaceSwapper.SwapSession session = whole.open()) {
                        left += turn(
                                target, face, network, picture -> stages.swap(picture, face, TurnBalance.Lean.NONE));
                        balanced += turn(target, face, network, picture -> session.swap(picture, face));
                    }
                    pairs++;
                }
            }
        }
        assertThat(balanced / pairs).as("degrees, with balance").isLessThan(.7);
        assertThat(balanced).as("with balance, against without").isLessThan(.6 * left);
    }

    private TrackedFace track(Mat target) {
        try (FaceFinder finder = TestFaces.finder();
                FaceTracker tracker = new FaceTracker(finder, topology, new FaceChoice.Prominent())) {
            return tracker.track(target, 1 / 25f).get(0);
        }
    }

    private interface Swap {
        void into(Mat picture);
    }

    /** Degrees by which the result seems to look elsewhere than the target. */
    private double turn(Mat target, TrackedFace face, PortraitFace network, Swap swap) {
        Mat picture = target.clone();
        swap.into(picture);
        float[] seen = new float[FaceTopology.POINTS * 3];
        network.locate(picture, FaceRegion.around(face.xyz()), seen);
        picture.release();
        try (PoseEstimator poses = new PoseEstimator(topology)) {
            HeadPose pose = poses.estimate(seen);
            return Math.max(
                    Math.abs(pose.yaw() - face.pose().yaw()),
                    Math.abs(pose.pitch() - face.pose().pitch()));
        }
    }
}
