package io.voice2face.swap.embedded;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfPoint;
import org.opencv.core.Point;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;
import org.opencv.imgproc.Imgproc;

import io.voice2face.swap.FaceSwapper;
import io.voice2face.swap.TestFaces;
import io.voice2face.swap.face.FaceChoice;
import io.voice2face.swap.face.FaceFinder;
import io.voice2face.swap.face.FaceRegion;
import io.voice2face.swap.face.FaceRegions;
import io.voice2face.swap.face.FaceTracker;
import io.voice2face.swap.face.TrackedFace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EmbeddedFaceSwapperTest {
    private static final float STEP = 1 / 25f;

    @TempDir
    static Path folder;

    private static Mat woman;
    private static Mat man;
    private static EmbeddedFaceSwapper swapper;

    @BeforeAll
    static void load() throws Exception {
        woman = TestFaces.posterPixels(TestFaces.WOMAN, folder);
        man = TestFaces.posterPixels(TestFaces.MAN, folder);
        swapper = new EmbeddedFaceSwapper(TestFaces.finder(), TestFaces.topology());
    }

    @AfterAll
    static void close() {
        swapper.close();
    }

    private record Swapped(Mat picture, TrackedFace face, Rect changed) {}

    private static Swapped swap(Mat source, Mat target) throws Exception {
        Mat picture = target.clone();
        try (FaceFinder finder = TestFaces.finder();
                FaceTracker tracker = new FaceTracker(finder, TestFaces.topology(), new FaceChoice.Prominent());
                FaceSwapper.PreparedFace face = swapper.prepare(source);
                FaceSwapper.SwapSession session = face.open()) {
            TrackedFace tracked = tracker.track(picture, STEP).get(0);
            Rect changed = session.swap(picture, tracked);
            return new Swapped(picture, tracked, changed);
        }
    }

    @Test
    void farFromTheFaceNoPixelChanges() throws Exception {
        Swapped swapped = swap(woman, man);
        FaceRegion around = FaceRegion.around(swapped.face().xyz());
        Mat outside = new Mat(man.size(), CvType.CV_8U, new Scalar(255));
        Imgproc.circle(
                outside,
                new Point(around.centreX(), around.centreY()),
                Math.round(around.side() * .78f),
                new Scalar(0),
                -1);
        Mat difference = new Mat();
        Core.absdiff(man, swapped.picture(), difference);
        Mat seen = new Mat();
        difference.copyTo(seen, outside);
        assertThat(Core.norm(seen, Core.NORM_INF)).isZero();
    }

    @Test
    void theFaceItselfChangesAndKeepsTheTargetsTone() throws Exception {
        Swapped swapped = swap(woman, man);
        Rect cheeks = cheeks(swapped.face().xyz());
        Mat before = man.submat(cheeks);
        Mat after = swapped.picture().submat(cheeks);
        Mat difference = new Mat();
        Core.absdiff(before, after, difference);
        assertThat(Core.mean(difference).val[1]).isGreaterThan(4);
        for (int channel = 0; channel < 3; channel++) {
            double ratio = Core.mean(after).val[channel] / Core.mean(before).val[channel];
            assertThat(ratio).isBetween(.8, 1.25);
        }
    }

    private static Rect cheeks(float[] xyz) {
        int x0 = Math.round(xyz[50 * 3]);
        int x1 = Math.round(xyz[280 * 3]);
        int y0 = Math.round(xyz[195 * 3 + 1]);
        int y1 = Math.round(xyz[2 * 3 + 1]);
        return new Rect(x0, y0, x1 - x0, y1 - y0);
    }

    @Test
    void aPortraitsTeethDoNotStandInAClosedMouth() throws Exception {
        Mat smiling = woman.clone();
        float[] own = TestFaces.locate(woman);
        Point[] opening = new Point[FaceRegions.INNER_LIPS.size()];
        for (int i = 0; i < opening.length; i++) {
            int p = FaceRegions.INNER_LIPS.point(i) * 3;
            // the mesh sees less of a smile than there is: of the lower lip's side the teeth go on
            double below = i <= 10 ? .035 * TrackedFace.eyeDistance(own) : 0;
            opening[i] = new Point(own[p], own[p + 1] + below);
        }
        Imgproc.fillPoly(smiling, List.of(new MatOfPoint(opening)), new Scalar(205, 214, 222), Imgproc.LINE_AA);
        Mat closed = swap(woman, man).picture();
        Swapped swapped = swap(smiling, man);
        float[] xyz = swapped.face().xyz();
        int x0 = Math.round(xyz[78 * 3]);
        int x1 = Math.round(xyz[308 * 3]);
        int y0 = Math.round(xyz[13 * 3 + 1] - 6);
        int y1 = Math.round(xyz[14 * 3 + 1] + 8);
        Rect mouth = new Rect(x0, y0, x1 - x0, y1 - y0);
        double lips = Core.mean(closed.submat(mouth)).val[0];
        assertThat(Core.mean(swapped.picture().submat(mouth)).val[0]).isBetween(lips - 15, lips + 8);
    }

    @Test
    void theTargetsEyeballsStay() throws Exception {
        Swapped same = swap(woman, man);
        float[] xyz = same.face().xyz();
        // the iris of the left eye moves with the source's proportions by less than a tenth of the eye distance
        int reach = Math.round(same.face().eyeDistance() * .16f);
        int x = Math.round((xyz[33 * 3] + xyz[133 * 3]) / 2);
        int y = Math.round((xyz[159 * 3 + 1] + xyz[145 * 3 + 1]) / 2);
        int size = Math.round(same.face().eyeDistance() * .035f);
        Mat iris = man.submat(new Rect(x - size, y - size, 2 * size + 1, 2 * size + 1));
        Mat around = same.picture().submat(new Rect(x - reach, y - reach, 2 * reach + 1, 2 * reach + 1));
        Mat match = new Mat();
        Imgproc.matchTemplate(around, iris, match, Imgproc.TM_CCOEFF_NORMED);
        assertThat(Core.minMaxLoc(match).maxVal).isGreaterThan(.85);
    }

    @Test
    void lipsThatAreLighterThanDarkSkinAreDarkerAndRedderThanLighterSkin() throws Exception {
        TrackedFace own = face(woman);
        Mat dark = woman.clone();
        Core.multiply(dark, new Scalar(.3, .35, .4), dark);
        Mat lips = new Mat(woman.size(), CvType.CV_8U, new Scalar(0));
        Imgproc.fillPoly(lips, List.of(outline(own.xyz(), FaceRegions.OUTER_LIPS)), new Scalar(255));
        Mat glossy = new Mat();
        Core.multiply(woman, new Scalar(.75, .58, .55), glossy);
        glossy.copyTo(dark, lips);
        double[] before = lowerLipLessCheeks(dark, own.xyz());
        assertThat(before[0]).isGreaterThan(.1);

        Mat light = new Mat();
        Core.multiply(man, new Scalar(1.4, 1.4, 1.3), light);

        Swapped swapped = swap(dark, light);

        double[] after = lowerLipLessCheeks(swapped.picture(), swapped.face().xyz());
        assertThat(after[0]).as("ln(luma)").isNegative();
        assertThat(after[1]).as("ln(red/luma)").isGreaterThan(.05);
    }

    private static TrackedFace face(Mat picture) throws Exception {
        try (FaceFinder finder = TestFaces.finder();
                FaceTracker tracker = new FaceTracker(finder, TestFaces.topology(), new FaceChoice.Prominent())) {
            return tracker.track(picture, STEP).get(0);
        }
    }

    private static MatOfPoint outline(float[] xyz, FaceRegions region) {
        return new MatOfPoint(Arrays.stream(region.points())
                .mapToObj(i -> new Point(xyz[i * 3], xyz[i * 3 + 1]))
                .toArray(Point[]::new));
    }

    /** ln(luma) and ln(red/luma) of the lower lip less those of the cheeks. */
    private static double[] lowerLipLessCheeks(Mat picture, float[] xyz) {
        Scalar lip = mean(picture, xyz, 17, 14);
        Scalar left = mean(picture, xyz, 50, 205);
        Scalar right = mean(picture, xyz, 280, 425);
        double luma = Math.log(luma(lip)) - Math.log((luma(left) + luma(right)) / 2);
        double red =
                Math.log(lip.val[2] / luma(lip)) - Math.log((left.val[2] + right.val[2]) / (luma(left) + luma(right)));
        return new double[] {luma, red};
    }

    private static Scalar mean(Mat picture, float[] xyz, int a, int b) {
        int x = Math.round((xyz[a * 3] + xyz[b * 3]) / 2);
        int y = Math.round((xyz[a * 3 + 1] + xyz[b * 3 + 1]) / 2);
        return Core.mean(picture.submat(new Rect(x - 3, y - 3, 7, 7)));
    }

    private static double luma(Scalar bgr) {
        return Colours.BLUE * bgr.val[0] + Colours.GREEN * bgr.val[1] + Colours.RED * bgr.val[2];
    }

    @Test
    void whatChangesLiesInThePartThatIsSaidToHaveChanged() throws Exception {
        Swapped swapped = swap(woman, man);
        Mat difference = new Mat();
        Core.absdiff(swapped.picture(), man, difference);
        assertThat(Core.sumElems(difference).val[1]).isPositive();

        difference.submat(swapped.changed()).setTo(Scalar.all(0));

        assertThat(Core.sumElems(difference).val).containsOnly(0);
        assertThat(swapped.changed().area()).isLessThan(.6 * man.total());
    }

    @Test
    void aPortraitWithoutAFaceIsRefused() {
        Mat wall = new Mat(512, 512, CvType.CV_8UC3, new Scalar(120, 130, 140));
        assertThatThrownBy(() -> swapper.prepare(wall)).isInstanceOf(FaceSwapper.NoFaceException.class);
    }

    @Test
    void aFaceThatIsCutByTheFramesEdgeIsSwappedWithoutHarm() throws Exception {
        Mat part = man.submat(new Rect(330, 0, 390, 720)).clone();
        Mat picture = part.clone();
        try (FaceFinder finder = TestFaces.finder();
                FaceTracker tracker = new FaceTracker(finder, TestFaces.topology(), new FaceChoice.Prominent());
                FaceSwapper.PreparedFace face = swapper.prepare(woman);
                FaceSwapper.SwapSession session = face.open()) {
            for (TrackedFace tracked : tracker.track(picture, STEP)) {
                session.swap(picture, tracked);
            }
        }
        assertThat(picture.size()).isEqualTo(part.size());
    }
}
