package io.voice2face.media;

import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;

class YuvPlanesTest {
    @ParameterizedTest
    @CsvSource({"1, false", "1, true", "5, false", "6, true", "7, false", "9, false"})
    void whatIsConvertedIsReadAsTheSameColours(int matrix, boolean fullRange) {
        OpenCv.load();
        Ffmpeg.load();
        ColourSpace colours = new ColourSpace(matrix, 2, 2, fullRange);
        Mat picture = colourful(330, 250);
        Mat back = new Mat();
        AVFrame frame = av_frame_alloc();
        frame.format(AV_PIX_FMT_YUV420P);
        frame.width(picture.cols());
        frame.height(picture.rows());
        Ffmpeg.require(av_frame_get_buffer(frame, 0), "av_frame_get_buffer");

        try (YuvPlanes planes = new YuvPlanes(colours);
                PictureConverter converter = new PictureConverter()) {
            planes.put(picture, frame);
            converter.toBgr(frame, colours, picture.cols(), picture.rows(), back);
        }

        assertThat(Core.PSNR(picture, back)).isGreaterThan(48);
        double[] wanted = Core.mean(picture).val;
        double[] seen = Core.mean(back).val;
        for (int i = 0; i < 3; i++) {
            assertThat(seen[i]).isCloseTo(wanted[i], within(.7));
        }
        av_frame_free(frame);
    }

    /** Every hue, from black to white, without edges: chroma at half size loses nothing of it. */
    private static Mat colourful(int width, int height) {
        Mat few = new Mat(8, 9, CvType.CV_8UC3);
        byte[] values = new byte[8 * 9 * 3];
        new java.util.Random(7).nextBytes(values);
        few.put(0, 0, values);
        Mat picture = new Mat();
        Imgproc.resize(few, picture, new Size(width, height), 0, 0, Imgproc.INTER_LINEAR);
        return picture;
    }
}
