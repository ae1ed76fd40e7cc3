package io.voice2face.media;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opencv.core.Core;
import org.opencv.core.Mat;

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
    void aGifSaysThatItIsSynthetic() throws IOException {
        Path file = gif(folder.resolve("a.gif"), 0, 10, 10);

        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).contains(SyntheticMark.TEXT);
        assertThat(Files.list(folder)).containsExactly(file);
    }
}
