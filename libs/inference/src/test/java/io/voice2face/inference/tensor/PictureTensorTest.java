package io.voice2face.inference.tensor;

import java.nio.FloatBuffer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;

import io.voice2face.inference.tensor.PictureTensor.Channels;
import io.voice2face.inference.tensor.PictureTensor.Layout;
import io.voice2face.media.OpenCv;

import ai.onnxruntime.OrtEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class PictureTensorTest {
    private static final int WIDTH = 7;
    private static final int HEIGHT = 5;

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();

    @ParameterizedTest
    @EnumSource(Channels.class)
    void everyPixelLandsInItsPlane(Channels channels) {
        assertValues(Layout.PLANES, channels, Normalisation.imageNet());
        assertValues(Layout.PLANES, channels, Normalisation.signed());
    }

    @ParameterizedTest
    @EnumSource(Channels.class)
    void everyPixelLandsInItsInterleavedPlace(Channels channels) {
        assertValues(Layout.INTERLEAVED, channels, Normalisation.imageNet());
        assertValues(Layout.INTERLEAVED, channels, Normalisation.unit());
    }

    private void assertValues(Layout layout, Channels channels, Normalisation normalisation) {
        Mat bgr = picture();
        try (PictureTensor tensor = new PictureTensor(environment, WIDTH, HEIGHT, layout, channels, normalisation)) {
            // twice: the second fill must not see the first
            tensor.fill(Mat.zeros(HEIGHT, WIDTH, CvType.CV_8UC3));
            FloatBuffer values = tensor.fill(bgr).getFloatBuffer();
            for (int y = 0; y < HEIGHT; y++) {
                for (int x = 0; x < WIDTH; x++) {
                    for (int c = 0; c < 3; c++) {
                        double byteValue = bgr.get(y, x)[channels == Channels.RGB ? 2 - c : c];
                        double wanted = (byteValue / 255 - normalisation.mean()[c])
                                / normalisation.std()[c];
                        int at = layout == Layout.PLANES ? c * WIDTH * HEIGHT + y * WIDTH + x : (y * WIDTH + x) * 3 + c;
                        assertThat((double) values.get(at)).isCloseTo(wanted, within(1e-5));
                    }
                }
            }
        }
    }

    @Test
    void aPictureSurvivesTheWayThereAndBack() {
        Mat bgr = picture();
        try (PictureTensor in = new PictureTensor(
                        environment, WIDTH, HEIGHT, Layout.PLANES, Channels.RGB, Normalisation.signed());
                TensorPicture out = new TensorPicture(environment, WIDTH, HEIGHT, 0.5, 0.5)) {
            FloatBuffer from = in.fill(bgr).getFloatBuffer();
            out.floats().put(from);
            Mat back = new Mat();
            out.read(back);
            assertThat(Core.norm(bgr, back, Core.NORM_INF)).isZero();
        }
    }

    @Test
    void whatLeavesTheRangeIsCut() {
        OpenCv.load();
        try (TensorPicture out = new TensorPicture(environment, 1, 1, 1, 0)) {
            out.floats().put(new float[] {1.5f, 0.5f, -0.25f});
            Mat bgr = new Mat();
            out.read(bgr);
            assertThat(bgr.get(0, 0)).containsExactly(0, 128, 255);
        }
    }

    private static Mat picture() {
        OpenCv.load();
        Mat bgr = new Mat(HEIGHT, WIDTH, CvType.CV_8UC3);
        byte[] bytes = new byte[WIDTH * HEIGHT * 3];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 37 + i / 5);
        }
        bgr.put(0, 0, bytes);
        return bgr;
    }
}
