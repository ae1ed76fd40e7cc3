package io.voice2face.swap.benchmark;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;

import org.opencv.core.Core;
import org.opencv.core.Mat;
import org.opencv.core.Rect;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

import io.voice2face.contracts.event.StageTiming;
import io.voice2face.media.VideoReader;
import io.voice2face.media.VideoWriter;
import io.voice2face.media.VisualLimits;
import io.voice2face.swap.FaceSwapper;
import io.voice2face.swap.TestFaces;
import io.voice2face.swap.embedded.EmbeddedFaceSwapper;
import io.voice2face.swap.face.FaceChoice;
import io.voice2face.swap.pipeline.StageThreads;
import io.voice2face.swap.pipeline.SwapOutcome;
import io.voice2face.swap.pipeline.TargetSwapper;

/**
 * Prints, from one run on one clip of 1280×720: frames per second of a plain transcode (decode and encode), of the swap,
 * their ratio, and milliseconds per frame of each stage. See the README for the command.
 */
public final class SwapBenchmark {
    private static final int ROUNDS = 3;

    private SwapBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("v2f-benchmark");
        try {
            run(folder);
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void run(Path folder) throws Exception {
        Path portrait = TestFaces.poster(TestFaces.WOMAN, folder);
        try (FaceSwapper swapper = new EmbeddedFaceSwapper(TestFaces.finder(), TestFaces.topology());
                StageThreads threads = new StageThreads(1)) {
            Core.setNumThreads(1);
            Path clip = wide(TestFaces.clip(TestFaces.MAN, folder), folder);
            TargetSwapper targets = new TargetSwapper(
                    swapper,
                    TestFaces::finder,
                    TestFaces.topology(),
                    new FaceChoice.Prominent(),
                    VisualLimits.defaults(),
                    threads);
            transcode(clip, folder.resolve("warm.mp4"));
            targets.swap(portrait, clip, folder, (done, total, left) -> {}, () -> false);
            // the faster of each: another process on the machine slows both, and never speeds one up
            double transcode = 0;
            double swap = 0;
            double transcodeWork = Double.MAX_VALUE;
            double swapWork = Double.MAX_VALUE;
            SwapOutcome best = null;
            for (int round = 0; round < ROUNDS; round++) {
                long begun = System.nanoTime();
                long worked = processorTime();
                int frames = transcode(clip, folder.resolve("plain.mp4"));
                transcode = Math.max(transcode, frames / ((System.nanoTime() - begun) / 1e9));
                transcodeWork = Math.min(transcodeWork, (processorTime() - worked) / 1e6 / frames);
                begun = System.nanoTime();
                worked = processorTime();
                SwapOutcome outcome = targets.swap(portrait, clip, folder, (done, total, left) -> {}, () -> false);
                swapWork = Math.min(swapWork, (processorTime() - worked) / 1e6 / frames);
                double speed = outcome.frames() / ((System.nanoTime() - begun) / 1e9);
                if (speed > swap) {
                    swap = speed;
                    best = outcome;
                }
            }
            print(transcode, swap, best);
            System.out.printf(
                    Locale.ROOT,
                    "processor time per frame: transcode %.1f ms, swap %.1f ms%n",
                    transcodeWork,
                    swapWork);
        }
    }

    /** Nanoseconds that this process has had on all cores: what a busy machine cannot hide. */
    private static long processorTime() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static void print(double transcode, double swap, SwapOutcome outcome) {
        System.out.printf(
                Locale.ROOT,
                "clip %dx%d, %d frames, %d processors%n",
                outcome.width(),
                outcome.height(),
                outcome.frames(),
                Runtime.getRuntime().availableProcessors());
        System.out.printf(Locale.ROOT, "transcode  %6.1f fps%n", transcode);
        System.out.printf(Locale.ROOT, "swap       %6.1f fps%n", swap);
        System.out.printf(Locale.ROOT, "ratio      %6.2f%n", swap / transcode);
        for (StageTiming timing : outcome.timings()) {
            System.out.printf(
                    Locale.ROOT,
                    "%-10s %6.2f ms per frame%n",
                    timing.step(),
                    timing.seconds() * 1e3 / outcome.frames());
        }
    }

    /** Decode and encode on two threads' worth of work in one: what any tool must do that changes a clip. */
    private static int transcode(Path clip, Path out) {
        Mat frame = new Mat();
        int frames = 0;
        try (VideoReader reader = VideoReader.open(clip, VisualLimits.defaults());
                VideoWriter writer = VideoWriter.open(out, reader.writerSettings())) {
            while (reader.read(frame)) {
                writer.write(frame, reader.pts(), reader.duration());
                frames++;
            }
            writer.finish();
        }
        frame.release();
        return frames;
    }

    /** The template on a 1280×720 picture; eyes about 150 pixels apart. */
    private static Path wide(Path clip, Path folder) {
        Path out = folder.resolve("wide.mp4");
        Mat frame = new Mat();
        Mat wide = new Mat();
        try (VideoReader reader = VideoReader.open(clip, VisualLimits.defaults());
                VideoWriter writer = VideoWriter.open(out, VideoWriter.Settings.constantRate(1280, 720, 25))) {
            for (int i = 0; reader.read(frame); i++) {
                Imgproc.resize(frame, wide, new Size(1280, 720), 0, 0, Imgproc.INTER_AREA);
                Imgproc.GaussianBlur(wide, wide, new Size(0, 0), 25);
                Mat middle = wide.submat(new Rect(280, 0, 720, 720));
                frame.copyTo(middle);
                middle.release();
                writer.write(wide, i, 1);
            }
            writer.finish();
        }
        frame.release();
        wide.release();
        return out;
    }
}
