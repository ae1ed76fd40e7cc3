package io.voice2face.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.zip.CRC32;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.opencv.core.Mat;

import io.voice2face.contracts.event.Reasons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HostileMediaTest {
    private static final VisualLimits LIMITS = VisualLimits.defaults();

    @TempDir
    Path folder;

    @Test
    void aHugePictureIsRefusedByItsHeader() throws IOException {
        ByteBuffer png = ByteBuffer.allocate(64);
        png.put(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10}).putInt(13);
        ByteBuffer header =
                ByteBuffer.allocate(17).put("IHDR".getBytes()).putInt(20_000).putInt(20_000);
        header.put(new byte[] {8, 2, 0, 0, 0});
        CRC32 crc = new CRC32();
        crc.update(header.array());
        png.put(header.array()).putInt((int) crc.getValue());
        Path file = Files.write(folder.resolve("huge.png"), png.array());

        assertRefused(file, LIMITS, Reasons.TARGET_TOO_LARGE, "20000 × 20000");
    }

    @Test
    void anEmptyFileAndTextAreRefused() throws IOException {
        assertRefused(Files.createFile(folder.resolve("a.mp4")), LIMITS, Reasons.UNREADABLE_TARGET, "empty");
        assertRefused(
                Files.writeString(folder.resolve("b.mp4"), "just text".repeat(99)),
                LIMITS,
                Reasons.UNREADABLE_TARGET,
                "no known media format");
    }

    @Test
    void aClipOverTheLimitsIsRefusedBeforeDecoding() {
        Path clip = TestMedia.clip(folder.resolve("c.mp4"), 320, 240, 10, 30);

        assertRefused(clip, limits(300, 300, 60, 16), Reasons.TARGET_TOO_LARGE, "320 × 240");
        assertRefused(clip, limits(4000, 4000, 2, 16), Reasons.TARGET_TOO_LONG, "3.0 s");
    }

    @Test
    void aClipWithoutALengthIsStoppedWhileDecoding() {
        Path clip = TestMedia.browserClip(folder.resolve("c.webm"), 160, 120, 10, 30);

        assertThat(read(clip, LIMITS)).isEqualTo(30);
        assertThatThrownBy(() -> read(clip, limits(4000, 4000, 2, 16)))
                .isInstanceOfSatisfying(
                        MediaException.class, e -> assertThat(e.reason()).isEqualTo(Reasons.TARGET_TOO_LONG));
    }

    @Test
    void aSoundFileIsNoTargetClip() throws IOException {
        Path wav = TestMedia.wav(folder.resolve("t.wav"), TestMedia.tone(300, 16_000, 1), 16_000, 1);

        assertThat(MediaProbe.probe(wav, LIMITS)).isInstanceOf(MediaInfo.Audio.class);
        assertThatThrownBy(() -> VideoReader.open(wav, LIMITS))
                .isInstanceOfSatisfying(
                        MediaException.class, e -> assertThat(e.reason()).isEqualTo(Reasons.UNSUPPORTED_TARGET));
    }

    @ParameterizedTest
    @CsvSource({"0.3", "0.7", "0.95"})
    void cutOffPicturesAndGifsAreRefused(double share) throws IOException {
        Path png = Files.write(folder.resolve("p.png"), StillImage.encodePng(TestMedia.picture(200, 150, 0)));
        Path jpg = Files.write(folder.resolve("p.jpg"), StillImage.encodeJpeg(TestMedia.picture(200, 150, 0), 90));
        Path gif = GifTest.gif(folder.resolve("p.gif"), 0, 10, 10, 10);

        for (Path whole : new Path[] {png, jpg, gif}) {
            Path cut = TestMedia.truncate(whole, folder.resolve("cut"), share);
            assertRefused(cut, LIMITS, Reasons.BROKEN_TARGET, "cut off");
        }
    }

    @Test
    void aPhonesHeicPictureIsNotTakenForAClip() throws IOException {
        Path heic = Files.write(
                folder.resolve("p.heic"), "\0\0\0\030ftypheic\0\0\0\0mif1heic".getBytes(StandardCharsets.ISO_8859_1));

        assertRefused(heic, LIMITS, Reasons.UNSUPPORTED_TARGET, "HEIC");
    }

    @Test
    void aClipThatIsDamagedInTheMiddleBreaks() throws IOException {
        Path clip = TestMedia.clip(folder.resolve("c.mp4"), 320, 240, 25, 40);
        byte[] bytes = Files.readAllBytes(clip);
        byte[] noise = new byte[200];
        new Random(3).nextBytes(noise);
        System.arraycopy(noise, 0, bytes, bytes.length * 6 / 10, noise.length);
        Files.write(clip, bytes);

        assertThatThrownBy(() -> read(clip, LIMITS)).isInstanceOfSatisfying(MediaException.class, e -> {
            assertThat(e.reason()).isEqualTo(Reasons.BROKEN_TARGET);
            assertThat(e).hasMessageContaining("picture");
        });
    }

    /** Whatever is done to the bytes, there is an answer: frames, or a reason. */
    @Test
    void damagedFilesNeverDoMoreThanFail() throws IOException {
        Path[] wholes = {
            TestMedia.clip(folder.resolve("c.mp4"), 160, 120, 10, 12),
            TestMedia.browserClip(folder.resolve("c.webm"), 160, 120, 10, 12),
            GifTest.gif(folder.resolve("c.gif"), 0, 10, 10, 10),
            Files.write(folder.resolve("c.png"), StillImage.encodePng(TestMedia.picture(200, 150, 0))),
            Files.write(folder.resolve("c.jpg"), StillImage.encodeJpeg(TestMedia.picture(200, 150, 0), 90)),
        };
        Random random = new Random(4);
        int refused = 0;
        for (Path whole : wholes) {
            byte[] good = Files.readAllBytes(whole);
            for (int round = 0; round < 40; round++) {
                byte[] bad = good.clone();
                for (int i = 0; i < 1 + round; i++) {
                    bad[random.nextInt(bad.length)] = (byte) random.nextInt();
                }
                Path file = Files.write(folder.resolve("bad"), bad);
                try {
                    readAnything(file);
                } catch (MediaException e) {
                    assertThat(e.reason()).isNotBlank();
                    refused++;
                }
            }
        }
        assertThat(refused).isPositive();
    }

    private static void readAnything(Path file) {
        MediaInfo info = MediaProbe.probe(file, LIMITS);
        if (info instanceof MediaInfo.Still) {
            StillImage.read(file, LIMITS).release();
        } else if (info instanceof MediaInfo.AnimatedGif) {
            try (GifReader reader = GifReader.open(file, LIMITS)) {
                Mat bgr = new Mat();
                while (reader.read(bgr)) {
                    assertThat(bgr.empty()).isFalse();
                }
                bgr.release();
            }
        } else if (info instanceof MediaInfo.Video) {
            read(file, LIMITS);
        }
    }

    private static VisualLimits limits(int width, int height, int seconds, int streams) {
        return new VisualLimits(width, height, 1L << 24, Duration.ofSeconds(seconds), 10_000, streams, 1L << 30);
    }

    private static int read(Path file, VisualLimits limits) {
        try (VideoReader reader = VideoReader.open(file, limits)) {
            Mat bgr = new Mat();
            int frames = 0;
            while (reader.read(bgr)) {
                frames++;
            }
            bgr.release();
            return frames;
        }
    }

    private static void assertRefused(Path file, VisualLimits limits, String reason, String words) {
        assertThatThrownBy(() -> MediaProbe.probe(file, limits)).isInstanceOfSatisfying(MediaException.class, e -> {
            assertThat(e.reason()).isEqualTo(reason);
            assertThat(e).hasMessageContaining(words);
        });
    }
}
