package io.voice2face.media;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;
import org.opencv.imgproc.Imgproc;

import io.voice2face.contracts.event.Reasons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class VideoRoundTripTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"320,240", "322,242", "1280,720", "360,640"})
    void picturesComeBackAsTheyWere(int width, int height) {
        Path clip = TestMedia.clip(folder.resolve("clip.mp4"), width, height, 25, 12);

        try (VideoReader reader = VideoReader.open(clip, VisualLimits.defaults())) {
            assertThat(reader.width()).isEqualTo(width);
            assertThat(reader.height()).isEqualTo(height);
            assertThat(reader.expectedFrames()).isEqualTo(12);
            int index = 0;
            for (Optional<VideoFrame> next = reader.next(); next.isPresent(); next = reader.next()) {
                try (VideoFrame frame = next.get()) {
                    Mat wanted = TestMedia.picture(width, height, index);
                    assertThat(Core.PSNR(frame.bgr(), wanted)).isGreaterThan(38);
                    assertThat(frame.ptsMicros()).isEqualTo(index * 40_000L);
                    wanted.release();
                    index++;
                }
            }
            assertThat(index).isEqualTo(12);
        }
    }

    @ParameterizedTest
    @CsvSource({"321, 241", "320, 241", "321, 240"})
    void anOddSizeIsKept(int width, int height) {
        Path clip = TestMedia.clip(folder.resolve("clip.mp4"), width, height, 25, 3);

        try (VideoReader reader = VideoReader.open(clip, VisualLimits.defaults());
                VideoFrame frame = reader.next().orElseThrow()) {
            assertThat(reader.width()).isEqualTo(width);
            assertThat(reader.height()).isEqualTo(height);
            assertThat(frame.bgr().cols()).isEqualTo(width);
            assertThat(frame.bgr().rows()).isEqualTo(height);
            assertThat(Core.PSNR(frame.bgr(), TestMedia.picture(width, height, 0)))
                    .isGreaterThan(38);
        }
    }

    @Test
    void unevenTimesAreKept() {
        long[] times = {0, 1001, 1500, 4000, 4100, 9000};
        Path clip = folder.resolve("vfr.mp4");
        VideoWriter.Settings settings =
                new VideoWriter.Settings(160, 120, new TimeBase(1, 30_000), 20, ColourSpace.assumedFor(120));
        try (VideoWriter writer = VideoWriter.open(clip, settings)) {
            for (int i = 0; i < times.length; i++) {
                writer.write(TestMedia.picture(160, 120, i), times[i], 1500);
            }
            writer.finish();
        }

        try (VideoReader reader = VideoReader.open(clip, VisualLimits.defaults())) {
            List<Long> seen = new ArrayList<>();
            Mat bgr = new Mat();
            while (reader.read(bgr)) {
                seen.add(reader.pts());
            }
            assertThat(reader.timeBase()).isEqualTo(new TimeBase(1, 30_000));
            assertThat(seen).containsExactly(0L, 1001L, 1500L, 4000L, 4100L, 9000L);
            assertThat(reader.duration()).isEqualTo(1500);
        }
    }

    @Test
    void theIndexComesFirstAndTheClipSaysThatItIsSynthetic() throws IOException {
        Path clip = TestMedia.clip(folder.resolve("clip.mp4"), 160, 120, 25, 5);

        String bytes = Files.readString(clip, StandardCharsets.ISO_8859_1);
        assertThat(bytes.indexOf("moov")).isPositive().isLessThan(bytes.indexOf("mdat"));
        assertThat(bytes).contains(SyntheticMark.TEXT);
    }

    @ParameterizedTest
    @CsvSource({"0.5", "0.8", "0.97"})
    void aClipThatIsCutOffBreaksInsteadOfEnding(double share) throws IOException {
        Path whole = TestMedia.clip(folder.resolve("whole.mp4"), 320, 240, 25, 40);
        Path cut = TestMedia.truncate(whole, folder.resolve("cut.mp4"), share);

        assertThatThrownBy(() -> readAll(cut)).isInstanceOfSatisfying(MediaException.class, e -> assertThat(e.reason())
                .isEqualTo(Reasons.BROKEN_TARGET));
    }

    /** a, b, c, d of the display matrix: (x, y) is shown at (a·x + c·y, b·x + d·y). */
    @ParameterizedTest
    @CsvSource({"0,1,-1,0,90", "-1,0,0,-1,180", "0,-1,1,0,270", "-1,0,0,1,mirrored"})
    void aRotatedClipIsReadUpright(int a, int b, int c, int d, String turn) throws IOException {
        Path clip = TestMedia.withMatrix(TestMedia.clip(folder.resolve("r.mp4"), 320, 240, 25, 3), a, b, c, d);

        try (VideoReader reader = VideoReader.open(clip, VisualLimits.defaults());
                VideoFrame frame = reader.next().orElseThrow()) {
            Mat wanted = TestMedia.picture(320, 240, 0);
            switch (turn) {
                case "90" -> Core.rotate(wanted, wanted, Core.ROTATE_90_CLOCKWISE);
                case "180" -> Core.rotate(wanted, wanted, Core.ROTATE_180);
                case "270" -> Core.rotate(wanted, wanted, Core.ROTATE_90_COUNTERCLOCKWISE);
                default -> Core.flip(wanted, wanted, 1);
            }
            assertThat(reader.width()).isEqualTo(wanted.cols());
            assertThat(reader.height()).isEqualTo(wanted.rows());
            assertThat(Core.PSNR(frame.bgr(), wanted)).isGreaterThan(38);
        }
    }

    @Test
    void aClipWithSeveralStreamsGivesItsPicturesAndSaysHowManySounds() {
        Path pictures = TestMedia.clip(folder.resolve("p.mp4"), 160, 120, 25, 25);
        Path one =
                TestMedia.sound(folder.resolve("a.m4a"), "ipod", "aac", TestMedia.tone(440, 44_100, 1), 44_100, true);
        Path first = folder.resolve("one.mp4");
        AudioTrack.copy(pictures, one, first, VisualLimits.defaults());

        MediaInfo.Video info = (MediaInfo.Video) MediaProbe.probe(first, VisualLimits.defaults());
        assertThat(info.audioStreams()).isEqualTo(1);
        assertThat(info.codec()).isEqualTo("h264");
        assertThat(readAll(first)).isEqualTo(25);
    }

    @Test
    void aWebmThatIsCutOffBreaksWhereItsLengthIsKnown() throws IOException {
        Path whole = TestMedia.webm(folder.resolve("w.webm"), 160, 120, 10, 60, true);

        assertThat(readAll(whole)).isEqualTo(60);
        assertThat(((MediaInfo.Video) MediaProbe.probe(whole, VisualLimits.defaults())).duration())
                .isPresent();
        Path cut = TestMedia.truncate(whole, folder.resolve("cut.webm"), 0.5);
        assertThatThrownBy(() -> readAll(cut)).isInstanceOfSatisfying(MediaException.class, e -> assertThat(e.reason())
                .isEqualTo(Reasons.BROKEN_TARGET));
    }

    /** Sensor noise of σ = 2 under a moving picture is about what a phone's clip has. */
    @Test
    void noisyPicturesKeepThirtyEightDecibels() {
        List<Mat> pictures = new ArrayList<>();
        Mat noise = new Mat(360, 640, CvType.CV_16SC3);
        for (int i = 0; i < 15; i++) {
            Mat sum = new Mat();
            TestMedia.picture(640, 360, i).convertTo(sum, CvType.CV_16S);
            Core.randn(noise, 0, 2);
            Core.add(sum, noise, sum);
            sum.convertTo(sum, CvType.CV_8U);
            pictures.add(sum);
        }
        Path clip = folder.resolve("noisy.mp4");
        try (VideoWriter writer = VideoWriter.open(clip, VideoWriter.Settings.constantRate(640, 360, 25))) {
            for (int i = 0; i < pictures.size(); i++) {
                writer.write(pictures.get(i), i, 1);
            }
            writer.finish();
        }

        try (VideoReader reader = VideoReader.open(clip, VisualLimits.defaults())) {
            for (Mat picture : pictures) {
                try (VideoFrame frame = reader.next().orElseThrow()) {
                    assertThat(Core.PSNR(frame.bgr(), picture)).isGreaterThan(38);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"640, 360, false, true", "640, 360, true, false", "641, 361, false, false"})
    void onlyWhatWasChangedGoesThroughBgrWhereTheClipIsCodedAsTheWriterCodes(
            int width, int height, boolean fullRange, boolean asItCame) {
        Path clip = TestMedia.clip(folder.resolve("clip.mp4"), width, height, 25, 3);
        Path copy = folder.resolve("copy.mp4");
        Rect changed = new Rect(33, 21, 51, 41);
        ColourSpace usual = ColourSpace.assumedFor(height);
        ColourSpace colours = new ColourSpace(usual.matrix(), usual.primaries(), usual.transfer(), fullRange);
        Mat black = new Mat(height, width, CvType.CV_8UC3, Scalar.all(0));
        try (VideoReader reader = VideoReader.open(clip, VisualLimits.defaults());
                CodedPicture coded = new CodedPicture();
                VideoWriter writer = VideoWriter.open(
                        copy, new VideoWriter.Settings(width, height, reader.timeBase(), 25, colours))) {
            Mat bgr = new Mat();
            while (reader.read(bgr, coded)) {
                // the picture that is given is not what was read: where it shows, it was looked at
                writer.write(black, coded, changed, reader.pts(), reader.duration());
            }
            writer.finish();
        }

        try (VideoReader before = VideoReader.open(clip, VisualLimits.defaults());
                VideoReader after = VideoReader.open(copy, VisualLimits.defaults())) {
            for (int i = 0; i < 3; i++) {
                try (VideoFrame original = before.next().orElseThrow();
                        VideoFrame copied = after.next().orElseThrow()) {
                    assertThat(Core.mean(copied.bgr().submat(changed)).val[1]).isLessThan(3);
                    Imgproc.rectangle(original.bgr(), evenly(changed), Scalar.all(0), -1);
                    Mat wanted = asItCame ? original.bgr() : black;
                    assertThat(Core.PSNR(copied.bgr(), wanted)).isGreaterThan(36);
                }
            }
        }
    }

    private static Rect evenly(Rect part) {
        return new Rect(part.x - 1, part.y - 1, part.width + 2, part.height + 2);
    }

    private static int readAll(Path file) {
        try (VideoReader reader = VideoReader.open(file, VisualLimits.defaults())) {
            Mat bgr = new Mat();
            int frames = 0;
            while (reader.read(bgr)) {
                frames++;
            }
            return frames;
        }
    }
}
