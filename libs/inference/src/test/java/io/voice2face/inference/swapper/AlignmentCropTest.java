package io.voice2face.inference.swapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Point;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;

import io.voice2face.media.OpenCv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class AlignmentCropTest {
    private static final FivePoints FACE = new FivePoints(
            new Point(210, 190), new Point(290, 182), new Point(256, 240), new Point(222, 286), new Point(288, 280));

    /** Golden values of Python's cv2.estimateAffinePartial2D (RANSAC, threshold 100). */
    @ParameterizedTest
    @CsvSource({
        "ARCFACE_112_V1, 112, 0.38078, -0.02612, -34.25863, -27.36762",
        "ARCFACE_112_V2, 112, 0.42431, -0.0266, -45.14082, -34.80161",
        "ARCFACE_128, 128, 0.42431, -0.0266, -37.14082, -34.80161",
        "FFHQ_512, 512, 1.44317, -0.09398, -86.69501, -56.4629",
        "MTCNN_512, 512, 1.64874, -0.10337, -137.00439, -96.82916",
    })
    void theFitIsThatOfTheReference(WarpTemplate template, int side, double a, double b, double tx, double ty) {
        double[] fitted = template.fit(FACE, side).affine();

        double[] wanted = {a, b, tx, -b, a, ty};
        for (int i = 0; i < 6; i++) {
            assertThat(fitted[i]).isCloseTo(wanted[i], within(i % 3 == 2 ? 0.02 : 1e-4));
        }
    }

    @ParameterizedTest
    @EnumSource(WarpTemplate.class)
    void pointsThatLieOnTheTemplateGiveTheCropItself(WarpTemplate template) {
        AlignmentCrop crop = template.fit(Faces.at(template, 128, 30, 20), 128);

        double[] wanted = {1, 0, -30, 0, 1, -20};
        for (int i = 0; i < 6; i++) {
            assertThat(crop.affine()[i]).isCloseTo(wanted[i], within(1e-3));
        }
        assertThat(template.label()).isEqualTo(template.name().toLowerCase(java.util.Locale.ROOT));
        assertThat(WarpTemplate.of(template.label())).contains(template);
    }

    @Test
    void goingToTheCropAndBackIsNoChange() {
        AlignmentCrop crop = WarpTemplate.FFHQ_512.fit(FACE, 512);

        Point back = crop.toPicture(crop.toCrop(new Point(123, 45)));

        assertThat(back.x).isCloseTo(123, within(1e-9));
        assertThat(back.y).isCloseTo(45, within(1e-9));
    }

    @Test
    void pastingTouchesNothingOutsideTheMask() {
        OpenCv.load();
        Mat picture = new Mat(300, 400, CvType.CV_8UC3, new Scalar(10, 20, 30));
        Mat crop = new Mat(128, 128, CvType.CV_8UC3, new Scalar(200, 210, 220));
        AlignmentCrop alignment = new AlignmentCrop(new double[] {1, 0, -100, 0, 1, -50}, 128);

        alignment.paste(picture, crop, CropMasks.box(128, 0));

        Mat outside = new Mat(300, 400, CvType.CV_8UC3, new Scalar(10, 20, 30));
        Mat inside = outside.submat(new Rect(101, 51, 126, 126));
        inside.setTo(new Scalar(200, 210, 220));
        assertThat(Core.norm(picture, outside, Core.NORM_INF)).isZero();
    }

    @Test
    void aCropOverThePicturesEdgeIsPastedAsFarAsItGoes() {
        OpenCv.load();
        Mat picture = new Mat(100, 100, CvType.CV_8UC3, new Scalar(0, 0, 0));
        Mat crop = new Mat(128, 128, CvType.CV_8UC3, new Scalar(255, 255, 255));

        new AlignmentCrop(new double[] {1, 0, 64, 0, 1, 64}, 128).paste(picture, crop, CropMasks.box(128, 0));

        assertThat(picture.get(0, 0)[0]).isEqualTo(255);
        assertThat(picture.get(62, 62)[0]).isEqualTo(255);
        assertThat(picture.get(64, 64)[0]).isZero();
        new AlignmentCrop(new double[] {1, 0, 9999, 0, 1, 0}, 128).paste(picture, crop, CropMasks.box(128, 0));
    }

    /** Golden values of NumPy and cv2.GaussianBlur by the reference's formula. */
    @Test
    void theBoxMaskFadesAsTheReferences() {
        Mat mask = CropMasks.box(128, 0.3);

        int[] columns = {0, 4, 8, 9, 10, 12, 16, 20, 64};
        double[] wanted = {0.07297, 0.17544, 0.45824, 0.54209, 0.62417, 0.76982, 0.94318, 0.99238, 1.0};
        for (int i = 0; i < columns.length; i++) {
            assertThat(mask.get(64, columns[i])[0]).isCloseTo(wanted[i], within(1e-3));
        }
        assertThat(mask.get(9, 9)[0]).isCloseTo(0.293859, within(1e-3));
        assertThat(mask.get(12, 15)[0]).isCloseTo(0.704245, within(1e-3));
    }

    @Test
    void pixelBoostTakesEveryNthPixelAndPutsItBack() {
        OpenCv.load();
        int n = 3;
        PixelBoost boost = new PixelBoost(8, n);
        Mat crop = new Mat(24, 24, CvType.CV_8UC3);
        Core.randu(crop, 0, 256);
        Mat back = Mat.zeros(24, 24, CvType.CV_8UC3);
        Mat part = new Mat();

        for (int k = 0; k < boost.parts(); k++) {
            boost.take(crop, k, part);
            for (int y = 0; y < 8; y++) {
                for (int x = 0; x < 8; x++) {
                    assertThat(part.get(y, x)).isEqualTo(crop.get(y * n + k / n, x * n + k % n));
                }
            }
            boost.put(part, k, back);
        }

        assertThat(Core.norm(crop, back, Core.NORM_INF)).isZero();
    }
}
