package io.voice2face.swap.pipeline;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.imgproc.Imgproc;

import io.voice2face.contracts.event.Reasons;
import io.voice2face.media.GifReader;
import io.voice2face.media.GifWriter;
import io.voice2face.media.MediaException;
import io.voice2face.media.MediaInfo;
import io.voice2face.media.MediaProbe;
import io.voice2face.media.StillImage;
import io.voice2face.media.VideoReader;
import io.voice2face.media.VisualLimits;
import io.voice2face.swap.TestFaces;
import io.voice2face.swap.embedded.EmbeddedFaceSwapper;
import io.voice2face.swap.face.FaceChoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class TargetSwapperTest {
    private static final ProgressListener SILENT = (done, total, remaining) -> {};

    @TempDir
    static Path inputs;

    @TempDir
    Path out;

    private static EmbeddedFaceSwapper swapper;
    private static StageThreads threads;
    private static TargetSwapper targets;
    private static Path portrait;

    @BeforeAll
    static void open() throws Exception {
        portrait = TestFaces.poster(TestFaces.WOMAN, inputs);
        swapper = new EmbeddedFaceSwapper(TestFaces.finder(), TestFaces.topology());
        threads = new StageThreads(1);
        targets = TestFaces.targets(swapper, threads, 0);
    }

    @AfterAll
    static void close() {
        threads.close();
        swapper.close();
    }

    @Test
    void aClipKeepsItsSizeItsFramesAndItsSoundAndGetsTheGifThatIsAskedFor() throws Exception {
        Path clip = TestFaces.clip(TestFaces.MAN, inputs);
        MediaInfo.Video before = (MediaInfo.Video) MediaProbe.probe(clip, VisualLimits.defaults());
        List<Long> progress = new ArrayList<>();

        SwapOutcome outcome =
                targets.swap(portrait, clip, out, true, (done, total, remaining) -> progress.add(done), () -> false);

        MediaInfo.Video after = (MediaInfo.Video) MediaProbe.probe(outcome.clip(), VisualLimits.defaults());
        assertThat(outcome.contentType()).isEqualTo("video/mp4");
        assertThat(after.width()).isEqualTo(before.width());
        assertThat(after.height()).isEqualTo(before.height());
        assertThat(after.frames()).isEqualTo(before.frames());
        assertThat(after.audioStreams()).isEqualTo(before.audioStreams()).isEqualTo(1);
        assertThat((long) outcome.frames()).isEqualTo(before.frames().orElseThrow());
        assertThat(outcome.swappedFrames()).isEqualTo(outcome.frames());
        assertThat(progress).isSorted().hasSize(outcome.frames());
        assertThat(outcome.timings()).extracting("step").contains("decode", "track", "swap", "encode");
        assertThat(MediaProbe.probe(outcome.poster().orElseThrow(), VisualLimits.defaults()))
                .isInstanceOf(MediaInfo.Still.class);
        MediaInfo.AnimatedGif preview =
                (MediaInfo.AnimatedGif) MediaProbe.probe(outcome.gif().orElseThrow(), VisualLimits.defaults());
        assertThat(preview.width()).isLessThanOrEqualTo(320);
        assertThat(preview.duration().toMillis()).isLessThanOrEqualTo(3_000);
    }

    @ParameterizedTest
    @CsvSource({"odd-uneven-silent.webm, 301, 299, 1", "turned-two-sounds.mov, 320, 300, 2", "no-sound.mp4, 300, 300, 0"
    })
    void clipsOfEveryKindKeepTheirSizeTimesAndSounds(String name, int width, int height, int sounds) throws Exception {
        Path clip = Path.of(getClass().getResource("/targets/" + name).toURI());

        SwapOutcome outcome = targets.swap(portrait, clip, out, false, SILENT, () -> false);

        MediaInfo.Video after = (MediaInfo.Video) MediaProbe.probe(outcome.clip(), VisualLimits.defaults());
        assertThat(List.of(after.width(), after.height(), after.audioStreams())).containsExactly(width, height, sounds);
        assertThat(millis(outcome.clip())).isEqualTo(millis(clip)).hasSizeGreaterThan(10);
        assertThat(outcome.gif()).as("not asked for").isEmpty();
        assertThat(out.resolve("preview.gif")).doesNotExist();
        assertThat(outcome.swappedFrames()).isEqualTo(outcome.frames());
    }

    /** Times of all pictures. */
    private static List<Long> millis(Path clip) {
        List<Long> times = new ArrayList<>();
        Mat picture = new Mat();
        try (VideoReader reader = VideoReader.open(clip, VisualLimits.defaults())) {
            while (reader.read(picture)) {
                times.add(Math.round(reader.timeBase().toSeconds(reader.pts()) * 1000));
            }
        }
        picture.release();
        return times;
    }

    @Test
    void aWebpIsAPictureToo() throws Exception {
        Path webp = inputs.resolve("man.webp");
        MatOfByte bytes = new MatOfByte();
        Imgcodecs.imencode(".webp", TestFaces.posterPixels(TestFaces.MAN, inputs), bytes);
        Files.write(webp, bytes.toArray());

        SwapOutcome outcome = targets.swap(portrait, webp, out, false, SILENT, () -> false);

        assertThat(outcome.contentType()).isEqualTo("image/png");
        assertThat(outcome.width()).isEqualTo(720);
    }

    @Test
    void aClipOverTheLimitsIsRejectedBeforeAnythingIsDecoded() throws Exception {
        Path clip = TestFaces.clip(TestFaces.MAN, inputs);
        VisualLimits usual = VisualLimits.defaults();
        VisualLimits small = new VisualLimits(
                600,
                600,
                usual.maxPixels(),
                usual.maxDuration(),
                usual.maxFrames(),
                usual.maxStreams(),
                usual.maxBytes());
        TargetSwapper strict = new TargetSwapper(
                swapper, TestFaces::finder, TestFaces.topology(), new FaceChoice.Prominent(), small, threads, 0);
        List<Long> progress = new ArrayList<>();

        MediaException refused = catchThrowableOfType(
                MediaException.class,
                () -> strict.swap(portrait, clip, out, false, (done, total, left) -> progress.add(done), () -> false));

        assertThat(refused.reason()).isEqualTo(Reasons.TARGET_TOO_LARGE);
        assertThat(progress).isEmpty();
    }

    @Test
    void aGifStaysAGifWithItsTimesAndLoops() throws Exception {
        Path gif = inputs.resolve("target.gif");
        Mat picture = TestFaces.posterPixels(TestFaces.MAN, inputs);
        Mat small = new Mat();
        Imgproc.resize(picture, small, new Size(360, 360), 0, 0, Imgproc.INTER_AREA);
        try (GifWriter writer = GifWriter.open(gif, 360, 360, 3)) {
            for (int i = 0; i < 5; i++) {
                writer.write(small, i * 12L, 12);
            }
            writer.finish();
        }

        SwapOutcome outcome = targets.swap(portrait, gif, out, true, SILENT, () -> false);

        assertThat(outcome.contentType()).isEqualTo("image/gif");
        assertThat(outcome.gif()).as("it is one itself").isEmpty();
        try (GifReader before = GifReader.open(gif, VisualLimits.defaults());
                GifReader after = GifReader.open(outcome.clip(), VisualLimits.defaults())) {
            assertThat(after.frames()).isEqualTo(before.frames());
            assertThat(after.loops()).isEqualTo(before.loops());
            assertThat(after.info().duration()).isEqualTo(before.info().duration());
        }
    }

    @Test
    void whatIsTransparentInAGifStaysSo() throws Exception {
        Path gif = inputs.resolve("transparent.gif");
        Mat picture = TestFaces.posterPixels(TestFaces.MAN, inputs);
        Mat small = new Mat();
        Imgproc.resize(picture, small, new Size(360, 360), 0, 0, Imgproc.INTER_AREA);
        Mat alpha = new Mat(360, 360, CvType.CV_8U, new Scalar(255));
        alpha.submat(0, 360, 0, 40).setTo(new Scalar(0));
        try (GifWriter writer = GifWriter.open(gif, 360, 360, 0)) {
            writer.write(small, alpha, 0, 12);
            writer.write(small, alpha, 12, 12);
            writer.finish();
        }

        SwapOutcome outcome = targets.swap(portrait, gif, out, false, SILENT, () -> false);

        try (GifReader after = GifReader.open(outcome.clip(), VisualLimits.defaults())) {
            Mat bgr = new Mat();
            Mat kept = new Mat();
            assertThat(after.read(bgr, kept)).isTrue();
            assertThat(Core.norm(kept, alpha, Core.NORM_INF)).isZero();
        }
    }

    @Test
    void aPictureBecomesAPngOfTheSameSize() throws Exception {
        SwapOutcome outcome =
                targets.swap(portrait, TestFaces.poster(TestFaces.MAN, inputs), out, true, SILENT, () -> false);

        assertThat(outcome.contentType()).isEqualTo("image/png");
        Mat picture = StillImage.read(outcome.clip(), VisualLimits.defaults());
        assertThat(picture.size()).isEqualTo(new Size(720, 720));
        assertThat(outcome.gif()).isEmpty();
        assertThat(outcome.durationSeconds()).isZero();
    }

    @Test
    void aTargetWithoutAFaceIsRejected() throws Exception {
        Path wall = inputs.resolve("wall.png");
        Mat picture = new Mat(300, 400, CvType.CV_8UC3, new Scalar(90, 120, 150));
        Files.write(wall, StillImage.encodePng(picture));

        MediaException refused = catchThrowableOfType(
                MediaException.class, () -> targets.swap(portrait, wall, out, false, SILENT, () -> false));

        assertThat(refused.reason()).isEqualTo(Reasons.NO_FACE_IN_TARGET);
    }

    @Test
    void aClipThatBreaksInTheMiddleIsNotGivenOut() throws Exception {
        Path clip = TestFaces.clip(TestFaces.MAN, inputs);
        byte[] bytes = Files.readAllBytes(clip);
        Path broken = inputs.resolve("broken.mp4");
        Files.write(broken, Arrays.copyOf(bytes, bytes.length / 3));

        MediaException refused = catchThrowableOfType(
                MediaException.class, () -> targets.swap(portrait, broken, out, false, SILENT, () -> false));

        assertThat(refused.reason()).isIn(Reasons.BROKEN_TARGET, Reasons.UNREADABLE_TARGET);
    }

    @Test
    void textThatIsNamedAClipIsRejected() throws Exception {
        Path text = Files.writeString(inputs.resolve("text.mp4"), "this is no clip");

        MediaException refused = catchThrowableOfType(
                MediaException.class, () -> targets.swap(portrait, text, out, false, SILENT, () -> false));

        assertThat(refused.reason()).isIn(Reasons.UNREADABLE_TARGET, Reasons.UNSUPPORTED_TARGET);
    }

    @Test
    void cancellingStopsTheWorkAfterTheNextFrames() throws Exception {
        Path clip = TestFaces.clip(TestFaces.MAN, inputs);
        AtomicBoolean cancelled = new AtomicBoolean();
        List<Long> done = new ArrayList<>();
        ProgressListener cancelAtThree = (frames, total, remaining) -> {
            done.add(frames);
            cancelled.set(frames >= 3);
        };

        assertThatThrownBy(() -> targets.swap(portrait, clip, out, false, cancelAtThree, cancelled::get))
                .isInstanceOf(SwapCancelledException.class);
        assertThat(done).hasSizeLessThanOrEqualTo(4);
    }

    @Test
    void theRemainingTimeIsKnownWhereTheNumberOfFramesIs() throws Exception {
        List<OptionalDouble> remaining = new ArrayList<>();
        AtomicBoolean enough = new AtomicBoolean();
        assertThatThrownBy(() -> targets.swap(
                        portrait,
                        TestFaces.clip(TestFaces.MAN, inputs),
                        out,
                        false,
                        (done, total, left) -> {
                            remaining.add(left);
                            enough.set(done >= 2);
                        },
                        enough::get))
                .isInstanceOf(SwapCancelledException.class);
        assertThat(remaining).isNotEmpty().allMatch(OptionalDouble::isPresent);
    }
}
