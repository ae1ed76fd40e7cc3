package io.voice2face.swap.face;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;

import io.voice2face.swap.TestFaces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class FaceTrackerTest {
    private static final float STEP = 1 / 25f;

    @TempDir
    static Path folder;

    private static Mat woman;
    private static Mat man;
    private static Mat both;
    private static Mat nobody;

    @BeforeAll
    static void pictures() throws Exception {
        woman = TestFaces.posterPixels(TestFaces.WOMAN, folder);
        man = TestFaces.posterPixels(TestFaces.MAN, folder);
        both = new Mat();
        // the woman stands nearer
        Mat smaller = new Mat(720, 720, CvType.CV_8UC3, new Scalar(90, 90, 90));
        Mat shrunk = new Mat();
        org.opencv.imgproc.Imgproc.resize(man, shrunk, new org.opencv.core.Size(480, 480));
        shrunk.copyTo(smaller.submat(new Rect(120, 200, 480, 480)));
        Core.hconcat(List.of(smaller, woman), both);
        nobody = new Mat(720, 1440, CvType.CV_8UC3, new Scalar(90, 90, 90));
    }

    @Test
    void theMostProminentFaceIsFollowedAndNoOther() {
        try (FaceFinder finder = TestFaces.finder();
                FaceTracker tracker = new FaceTracker(finder, TestFaces.topology(), new FaceChoice.Prominent())) {
            for (int i = 0; i < 12; i++) {
                List<TrackedFace> faces = tracker.track(both, STEP);
                assertThat(faces).hasSize(1);
                assertThat(faces.get(0).xyz()[0])
                        .as("the nose lies in the right half")
                        .isGreaterThan(720);
            }
        }
    }

    @Test
    void aFaceCanBeChosenByItsPlace() {
        try (FaceFinder finder = TestFaces.finder();
                FaceTracker tracker = new FaceTracker(finder, TestFaces.topology(), new FaceChoice.FromLeft(0))) {
            List<TrackedFace> faces = tracker.track(both, STEP);
            assertThat(faces).hasSize(1);
            assertThat(faces.get(0).xyz()[0]).isLessThan(720);
        }
    }

    @Test
    void allFacesAreFollowedWhereAllAreWanted() {
        try (FaceFinder finder = TestFaces.finder();
                FaceTracker tracker = new FaceTracker(finder, TestFaces.topology(), new FaceChoice.All())) {
            assertThat(tracker.track(both, STEP)).hasSize(2);
        }
    }

    @Test
    void aPersonWhoComesBackIsTheSamePersonAndFadesIn() {
        try (FaceFinder finder = TestFaces.finder();
                FaceTracker tracker = new FaceTracker(finder, TestFaces.topology(), new FaceChoice.Prominent())) {
            int id = tracker.track(both, STEP).get(0).id();
            for (int i = 0; i < 5; i++) {
                assertThat(tracker.track(nobody, STEP)).isEmpty();
            }
            List<TrackedFace> again = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                again.addAll(tracker.track(both, STEP));
            }
            assertThat(again).isNotEmpty();
            assertThat(again.get(0).id()).isEqualTo(id);
            assertThat(again.get(0).entered()).isTrue();
            assertThat(again.get(0).fade()).isLessThan(.6f);
            assertThat(again.get(0).xyz()[0]).isGreaterThan(720);
        }
    }

    @Test
    void aFrontalFaceHasAPoseNearZeroAndAMirroredOneTheOppositeYaw() {
        try (FaceFinder finder = TestFaces.finder();
                FaceTracker tracker = new FaceTracker(finder, TestFaces.topology(), new FaceChoice.Prominent());
                FaceFinder second = TestFaces.finder();
                FaceTracker mirroredTracker =
                        new FaceTracker(second, TestFaces.topology(), new FaceChoice.Prominent())) {
            Mat mirrored = new Mat();
            Core.flip(man, mirrored, 1);
            HeadPose pose = tracker.track(man, STEP).get(0).pose();
            HeadPose opposite = mirroredTracker.track(mirrored, STEP).get(0).pose();
            assertThat(Math.abs(pose.yaw())).isLessThan(20);
            assertThat(opposite.yaw()).isCloseTo(-pose.yaw(), within(2.5f));
            assertThat(opposite.pitch()).isCloseTo(pose.pitch(), within(2.5f));
        }
    }

    @Test
    void aHeadThatTurnsAwaySlowlyIsBetweenTwoFacesForAFewFramesOnly() {
        FaceTopology topology = TestFaces.topology();
        TurningHead head = new TurningHead(topology);
        List<Float> fades = new ArrayList<>();
        try (FaceTracker tracker = new FaceTracker(head, topology, new FaceChoice.Prominent())) {
            for (int i = 0; i < 140; i++) {
                head.degrees = i * .5f;
                fades.add(tracker.track(nobody, STEP).get(0).fade());
            }
        }

        assertThat(fades.get(70)).as("35 degrees").isEqualTo(1);
        assertThat(fades.get(139)).as("69.5 degrees").isZero();
        assertThat(fades).filteredOn(fade -> fade > 0 && fade < 1).hasSizeBetween(2, 8);
    }

    /** The canonical head, turned about its vertical axis. */
    private static final class TurningHead implements FaceFinder {
        private static final float PIXELS_PER_CENTIMETRE = 20;

        private final FaceTopology topology;
        private float degrees;

        private TurningHead(FaceTopology topology) {
            this.topology = topology;
        }

        @Override
        public List<FaceRegion> detect(Mat bgr) {
            return List.of(new FaceRegion(720, 360, 500, 0));
        }

        @Override
        public float locate(Mat bgr, FaceRegion region, float[] xyz) {
            double cos = Math.cos(Math.toRadians(degrees));
            double sin = Math.sin(Math.toRadians(degrees));
            for (int i = 0; i < FaceTopology.POINTS; i++) {
                double x = topology.canonical(i, 0);
                double z = topology.canonical(i, 2);
                xyz[i * 3] = 720 + PIXELS_PER_CENTIMETRE * (float) (cos * x + sin * z);
                xyz[i * 3 + 1] = 360 + PIXELS_PER_CENTIMETRE * topology.canonical(i, 1);
                xyz[i * 3 + 2] = PIXELS_PER_CENTIMETRE * (float) (-sin * x + cos * z);
            }
            return 1;
        }

        @Override
        public void close() {}
    }
}
