package io.voice2face.media;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Scalar;

import static org.assertj.core.api.Assertions.assertThat;

class GifTest {
    @TempDir
    Path folder;

    static Path gif(Path file, int loops, int... delays) {
        try (GifWriter writer = GifWriter.open(file, 161, 121, loops)) {
            long at = 0;
            for (int i = 0; i < delays.length; i++) {
                Mat bgr = TestMedia.picture(161, 121, i);
                writer.write(bgr, at, delays[i]);
                bgr.release();
                at += delays[i];
            }
            writer.finish();
        }
        return file;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 5})
    void timesAndLoopsAreKept(int loops) {
        Path file = gif(folder.resolve("a.gif"), loops, 10, 7, 25, 100);

        try (GifReader reader = GifReader.open(file, VisualLimits.defaults())) {
            assertThat(reader.loops()).isEqualTo(loops);
            assertThat(reader.frames()).isEqualTo(4);
            assertThat(reader.info().duration()).isEqualTo(Duration.ofMillis(1420));
            long[][] wanted = {{0, 10}, {10, 7}, {17, 25}, {42, 100}};
            Mat bgr = new Mat();
            for (int i = 0; i < wanted.length; i++) {
                assertThat(reader.read(bgr)).isTrue();
                assertThat(new long[] {reader.pts(), reader.duration()}).isEqualTo(wanted[i]);
                Mat picture = TestMedia.picture(161, 121, i);
                assertThat(Core.PSNR(bgr, picture)).isGreaterThan(36);
            }
            assertThat(reader.read(bgr)).isFalse();
        }
    }

    @Test
    void whatIsTransparentStaysTransparent() {
        Path file = folder.resolve("a.gif");
        Mat picture = TestMedia.picture(161, 121, 0);
        try (GifWriter writer = GifWriter.open(file, 161, 121, 0)) {
            writer.write(picture, holeAt(40), 0, 10);
            writer.write(picture, holeAt(90), 10, 10);
            writer.write(picture, new Mat(), 20, 10);
            writer.finish();
        }

        try (GifReader reader = GifReader.open(file, VisualLimits.defaults())) {
            Mat bgr = new Mat();
            Mat alpha = new Mat();
            for (Mat wanted : List.of(holeAt(40), holeAt(90), new Mat())) {
                assertThat(reader.read(bgr, alpha)).isTrue();
                if (wanted.empty()) {
                    assertThat(alpha.empty()).isTrue();
                    assertThat(Core.PSNR(bgr, picture)).isGreaterThan(36);
                } else {
                    assertThat(Core.norm(alpha, wanted, Core.NORM_INF)).isZero();
                }
            }
        }
    }

    @Test
    void noOpaquePictureShowsThroughTheNextOne() {
        Path file = folder.resolve("a.gif");
        Mat picture = TestMedia.picture(161, 121, 0);
        Mat opaque = new Mat();
        try (GifWriter writer = GifWriter.open(file, 161, 121, 0)) {
            long at = 0;
            for (Mat alpha : List.of(opaque, opaque, holeAt(40), opaque, holeAt(90))) {
                writer.write(picture, alpha, at, 10);
                at += 10;
            }
            writer.finish();
        }

        try (GifReader reader = GifReader.open(file, VisualLimits.defaults())) {
            Mat bgr = new Mat();
            Mat alpha = new Mat();
            for (Mat wanted : List.of(opaque, opaque, holeAt(40), opaque, holeAt(90))) {
                assertThat(reader.read(bgr, alpha)).isTrue();
                if (wanted.empty()) {
                    assertThat(alpha.empty()).isTrue();
                    assertThat(Core.PSNR(bgr, picture)).isGreaterThan(36);
                } else {
                    assertThat(Core.norm(alpha, wanted, Core.NORM_INF)).isZero();
                }
            }
            assertThat(reader.read(bgr, alpha)).isFalse();
        }
    }

    private static Mat holeAt(int x) {
        Mat alpha = new Mat(121, 161, CvType.CV_8U, new Scalar(255));
        alpha.submat(20, 60, x, x + 30).setTo(new Scalar(0));
        return alpha;
    }

    @Test
    void aGifSaysThatItIsSynthetic() throws IOException {
        Path file = gif(folder.resolve("a.gif"), 0, 10, 10);

        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).contains(SyntheticMark.TEXT);
        assertThat(Files.list(folder)).containsExactly(file);
    }
}
