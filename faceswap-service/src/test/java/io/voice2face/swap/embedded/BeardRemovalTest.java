package io.voice2face.swap.embedded;

import java.nio.file.Path;
import java.util.Random;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Point;
import org.opencv.core.Scalar;
import org.opencv.imgproc.Imgproc;

import io.voice2face.swap.FaceSwapper;
import io.voice2face.swap.TestFaces;
import io.voice2face.swap.face.FaceChoice;
import io.voice2face.swap.face.FaceFinder;
import io.voice2face.swap.face.FaceTracker;
import io.voice2face.swap.face.TrackedFace;

import static org.assertj.core.api.Assertions.assertThat;

class BeardRemovalTest {
    private static final float STEP = 1 / 25f;

    @TempDir
    static Path folder;

    private static Mat woman;
    private static Mat shaven;
    private static Mat bearded;
    private static float[] xyz;
    private static EmbeddedFaceSwapper swapper;

    @BeforeAll
    static void load() throws Exception {
        woman = TestFaces.posterPixels(TestFaces.WOMAN, folder);
        shaven = TestFaces.posterPixels(TestFaces.MAN, folder);
        xyz = TestFaces.locate(shaven);
        bearded = shaven.clone();
        growBeard(bearded);
        swapper = new EmbeddedFaceSwapper(TestFaces.finder(), TestFaces.topology());
    }

    @AfterAll
    static void close() {
        swapper.close();
    }

    /** Dark hairs from a little inside the outline of the jaw to a little below it. */
    private static void growBeard(Mat picture) {
        Random random = new Random(5);
        float eyeDistance = TrackedFace.eyeDistance(xyz);
        try (JawBand band = new JawBand()) {
            band.place(xyz, eyeDistance);
            for (int i = 0; i < 2600; i++) {
                int column = 14 + random.nextInt(JawBand.COLUMNS - 28);
                float distance = -.13f + .18f * random.nextFloat();
                double x = band.at(column, distance, 0) + random.nextGaussian();
                double y = band.at(column, distance, 1);
                double length = .03 * eyeDistance * (.5 + random.nextDouble());
                int dark = 18 + random.nextInt(40);
                Imgproc.line(
                        picture,
                        new Point(x, y),
                        new Point(x + length * .4 * random.nextGaussian(), y + length),
                        new Scalar(dark * .8, dark * .9, dark),
                        1,
                        Imgproc.LINE_AA);
            }
        }
    }

    private static Mat swap(Mat source, Mat target) throws Exception {
        Mat picture = target.clone();
        try (FaceFinder finder = TestFaces.finder();
                FaceTracker tracker = new FaceTracker(finder, TestFaces.topology(), new FaceChoice.Prominent());
                FaceSwapper.PreparedFace face = swapper.prepare(source);
                FaceSwapper.SwapSession session = face.open()) {
            session.swap(picture, tracker.track(picture, STEP).get(0));
            return picture;
        }
    }

    /** Mean luma around the chin, from its edge to a little below it, where the carried face does not reach. */
    private static double chinEdge(Mat picture) {
        float[] face = TestFaces.locate(picture);
        Mat cells = new Mat();
        try (JawBand band = new JawBand()) {
            band.place(face, TrackedFace.eyeDistance(face));
            band.sample(picture, 0, 0, 1, cells);
        }
        Imgproc.cvtColor(cells, cells, Imgproc.COLOR_BGR2GRAY);
        cells.convertTo(cells, CvType.CV_32F);
        Mat part = cells.submat(JawBand.rowAt(0), JawBand.rowAt(.03f), 34, 50);
        return Core.mean(part).val[0];
    }

    @Test
    void findsABeardAndNoneWhereThereIsNone() {
        assertThat(BeardProbe.share(bearded, xyz)).isGreaterThan(.5);
        assertThat(BeardProbe.share(shaven, xyz)).isZero();
        assertThat(BeardProbe.share(woman, TestFaces.locate(woman))).isZero();
    }

    @Test
    void theTargetsBeardGoesUnderABeardlessFace() throws Exception {
        Mat result = swap(woman, bearded);
        assertThat(BeardProbe.share(result, TestFaces.locate(result))).isLessThan(.05);
        double grown = chinEdge(bearded);
        double free = chinEdge(swap(woman, shaven));
        assertThat(chinEdge(result)).isGreaterThan(grown + .6 * (free - grown));
    }

    @Test
    void aFaceWithABeardOfItsOwnLeavesTheTargets() throws Exception {
        double grown = chinEdge(bearded);
        double free = chinEdge(shaven);
        assertThat(chinEdge(swap(bearded, bearded))).isLessThan(grown + .4 * (free - grown));
    }

    @Test
    void aJawOutsideOfThePictureIsLeftAlone() throws Exception {
        int chin = Math.round(xyz[17 * 3 + 1]);
        Mat cut = bearded.submat(0, chin, 0, bearded.cols()).clone();
        assertThat(BeardProbe.share(cut, xyz)).isBetween(0., 1.);
        Mat off = bearded.submat(0, Math.round(xyz[4 * 3 + 1]), 0, 40).clone();
        assertThat(BeardProbe.share(off, xyz)).isZero();
    }
}
