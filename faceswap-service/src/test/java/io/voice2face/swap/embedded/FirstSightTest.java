package io.voice2face.swap.embedded;

import java.nio.file.Path;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Point;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

import io.voice2face.swap.FaceSwapper;
import io.voice2face.swap.TestFaces;
import io.voice2face.swap.face.FaceChoice;
import io.voice2face.swap.face.FaceFinder;
import io.voice2face.swap.face.FaceTracker;
import io.voice2face.swap.face.TrackedFace;

import static org.assertj.core.api.Assertions.assertThat;

/** What is kept of things that lie before the face of a still. */
class FirstSightTest {
    @TempDir
    static Path folder;

    private static Mat woman;
    private static Mat man;
    private static EmbeddedFaceSwapper swapper;
    private static float[] womansFace;
    private static float[] mansFace;

    @BeforeAll
    static void load() throws Exception {
        woman = TestFaces.posterPixels(TestFaces.WOMAN, folder);
        man = TestFaces.posterPixels(TestFaces.MAN, folder);
        swapper = new EmbeddedFaceSwapper(TestFaces.finder(), TestFaces.topology());
        womansFace = TestFaces.locate(woman);
        mansFace = TestFaces.locate(man);
    }

    @AfterAll
    static void close() {
        swapper.close();
    }

    private record Swapped(Mat picture, double occluded) {}

    private static Swapped swap(Mat source, Mat target) throws Exception {
        Mat picture = target.clone();
        try (FaceFinder finder = TestFaces.finder();
                FaceTracker tracker = new FaceTracker(finder, TestFaces.topology(), new FaceChoice.Prominent());
                FaceSwapper.PreparedFace face = swapper.prepare(source);
                FaceSwapper.SwapSession session = face.open()) {
            session.swap(picture, tracker.track(picture, 1 / 25f).get(0));
            return new Swapped(picture, OcclusionProbe.share(session));
        }
    }

    private static Point at(float[] xyz, int landmark) {
        return new Point(xyz[landmark * 3], xyz[landmark * 3 + 1]);
    }

    /** Share of a mask's pixels that the swap left as they were, but for ten levels. */
    private static double kept(Mat mask, Mat before, Mat after) {
        Mat difference = new Mat();
        Core.absdiff(before, after, difference);
        Imgproc.cvtColor(difference, difference, Imgproc.COLOR_BGR2GRAY);
        Mat same = new Mat();
        Imgproc.threshold(difference, same, 10, 255, Imgproc.THRESH_BINARY_INV);
        Core.bitwise_and(same, mask, same);
        return (double) Core.countNonZero(same) / Core.countNonZero(mask);
    }

    @Test
    void aBareFaceIsNotTakenForAnOccluder() throws Exception {
        assertThat(swap(woman, man).occluded()).isLessThan(.03);
        assertThat(swap(man, woman).occluded()).isLessThan(.03);
    }

    @Test
    void glassesOfAStillStayWhereTheyAre() throws Exception {
        Mat target = man.clone();
        Mat mask = Mat.zeros(target.size(), CvType.CV_8U);
        float eyes = TrackedFace.eyeDistance(mansFace);
        int rim = Math.round(.035f * eyes);
        Scalar white = new Scalar(255);
        for (int[] corners : new int[][] {{33, 133}, {362, 263}}) {
            Point a = at(mansFace, corners[0]);
            Point b = at(mansFace, corners[1]);
            Point middle = new Point((a.x + b.x) / 2, (a.y + b.y) / 2 + .05 * eyes);
            Imgproc.ellipse(mask, middle, new Size(.27 * eyes, .2 * eyes), 0, 0, 360, white, rim, Imgproc.LINE_AA, 0);
        }
        double y = at(mansFace, 168).y + .06 * eyes;
        Imgproc.line(
                mask,
                new Point(at(mansFace, 133).x - .02 * eyes, y),
                new Point(at(mansFace, 362).x + .02 * eyes, y),
                white,
                rim);
        Imgproc.line(mask, at(mansFace, 127), new Point(at(mansFace, 33).x - .07 * eyes, y), white, rim);
        Imgproc.line(mask, at(mansFace, 356), new Point(at(mansFace, 263).x + .07 * eyes, y), white, rim);
        Imgproc.threshold(mask, mask, 128, 255, Imgproc.THRESH_BINARY);
        target.setTo(new Scalar(30, 28, 30), mask);

        Swapped swapped = swap(woman, target);

        assertThat(kept(mask, target, swapped.picture())).isGreaterThan(.9);
        assertThat(swapped.occluded()).isLessThan(.35);
    }

    @Test
    void aClothOverTheForeheadOfAStillIsNeitherPaintedOverNorBent() throws Exception {
        Mat target = man.clone();
        Mat mask = Mat.zeros(target.size(), CvType.CV_8U);
        double bottom = (at(mansFace, 10).y + at(mansFace, 9).y) / 2;
        Imgproc.rectangle(
                mask, new Point(at(mansFace, 127).x, 0), new Point(at(mansFace, 356).x, bottom), new Scalar(255), -1);
        target.setTo(new Scalar(170, 80, 30), mask);

        assertThat(kept(mask, target, swap(woman, target).picture())).isGreaterThan(.97);
    }

    @Test
    void aCupBeforeTheMouthOfAStillHasNoLips() throws Exception {
        Mat target = man.clone();
        Mat mask = Mat.zeros(target.size(), CvType.CV_8U);
        Point left = at(mansFace, 61);
        Point right = at(mansFace, 291);
        double top = at(mansFace, 2).y * .4 + at(mansFace, 0).y * .6;
        Imgproc.rectangle(
                mask, new Point(left.x, top), new Point(right.x, target.rows() - 1), new Scalar(255), Imgproc.FILLED);
        target.setTo(new Scalar(170, 95, 40), mask);

        assertThat(kept(mask, target, swap(woman, target).picture())).isGreaterThan(.97);
    }

    @Test
    void aStrandOnThePortraitsForeheadIsNotCarriedOver() throws Exception {
        Mat source = woman.clone();
        float eyes = TrackedFace.eyeDistance(womansFace);
        Point top = at(womansFace, 10);
        Point brows = at(womansFace, 9);
        Point end = new Point(brows.x, top.y + .8 * (brows.y - top.y));
        Imgproc.line(source, new Point(top.x, top.y - .2 * eyes), end, new Scalar(25, 25, 30), Math.round(.05f * eyes));

        Mat plain = swap(woman, man).picture();
        Mat result = swap(source, man).picture();

        Mat forehead = Mat.zeros(man.size(), CvType.CV_8U);
        Imgproc.line(forehead, at(mansFace, 10), at(mansFace, 9), new Scalar(255), Math.round(.08f * eyes));
        Mat grey = new Mat();
        Mat plainGrey = new Mat();
        Imgproc.cvtColor(result, grey, Imgproc.COLOR_BGR2GRAY);
        Imgproc.cvtColor(plain, plainGrey, Imgproc.COLOR_BGR2GRAY);
        double darkest = Core.minMaxLoc(grey, forehead).minVal;
        assertThat(darkest).isGreaterThan(.7 * Core.minMaxLoc(plainGrey, forehead).minVal);
    }
}
