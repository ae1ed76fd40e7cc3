package io.voice2face.swap.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import org.opencv.core.Core;
import org.opencv.core.Mat;
import org.opencv.core.Rect;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

import io.voice2face.contracts.event.StageTiming;
import io.voice2face.inference.InferenceSettings;
import io.voice2face.inference.ModelPacks;
import io.voice2face.inference.swapper.LearnedSwapper;
import io.voice2face.inference.swapper.SwapOptions;
import io.voice2face.media.StillImage;
import io.voice2face.media.VideoReader;
import io.voice2face.media.VideoWriter;
import io.voice2face.media.VisualLimits;
import io.voice2face.swap.FaceSwapper;
import io.voice2face.swap.TestFaces;
import io.voice2face.swap.embedded.EmbeddedFaceSwapper;
import io.voice2face.swap.face.FaceChoice;
import io.voice2face.swap.face.FaceFinder;
import io.voice2face.swap.face.FaceTracker;
import io.voice2face.swap.face.TrackedFace;
import io.voice2face.swap.learned.LearnedFaceSwapper;
import io.voice2face.swap.pipeline.StageThreads;
import io.voice2face.swap.pipeline.SwapOutcome;
import io.voice2face.swap.pipeline.TargetSwapper;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

/**
 * Prints, from one run on clips of 1280×720: frames per second of a plain transcode (decode and encode), of the swap,
 * their ratio, and milliseconds per frame of each stage; then the memory over a short and a long clip, and what a
 * learned swapper of realistic cost loses between its graph and the finished clip. See the README for the command.
 */
public final class SwapBenchmark {
    /** As many as the compiler of Java needs to come to rest: a service that runs has it behind it. */
    private static final int ROUNDS = 6;

    /** Pixels of the template's side at which its eyes are about 150 and 180 pixels apart. */
    private static final int USUAL_SIDE = 600;

    private static final int CLOSE_SIDE = 720;
    private static final int KNOWN_PICTURES = 1_000;

    private static final int BARE_RUNS = 30;
    private static final int WARM_UPS = 3;

    private SwapBenchmark() {}

    /**
     * @param arguments nothing for all, or names of parts with commas between: {@code speed}, {@code stages},
     *     {@code memory}, {@code learned}
     */
    public static void main(String[] arguments) throws Exception {
        String named = arguments.length > 0 ? arguments[0] : "all";
        List<String> parts =
                named.equals("all") ? List.of("speed", "stages", "memory", "learned") : List.of(named.split(","));
        Path folder = Files.createTempDirectory("v2f-benchmark");
        try {
            run(folder, parts);
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void run(Path folder, List<String> parts) throws Exception {
        Path portrait = TestFaces.poster(TestFaces.WOMAN, folder);
        try (FaceSwapper embedded = new EmbeddedFaceSwapper(TestFaces.finder(), TestFaces.topology());
                StageThreads threads = new StageThreads(1)) {
            Core.setNumThreads(1);
            Path template = TestFaces.clip(TestFaces.MAN, folder);
            Path clip = wide(template, USUAL_SIDE, folder.resolve("wide.mp4"));
            for (String part : parts) {
                switch (part) {
                    case "speed" -> {
                        TargetSwapper targets = TestFaces.targets(embedded, threads, 0);
                        System.out.println("eyes about 150 pixels apart");
                        speed(portrait, clip, targets, folder);
                        System.out.println("the same, a target whose faces are known already, as templates' are");
                        speed(portrait, clip, TestFaces.targets(embedded, threads, KNOWN_PICTURES), folder);
                        System.out.println("eyes about 180 pixels apart");
                        speed(portrait, wide(template, CLOSE_SIDE, folder.resolve("close.mp4")), targets, folder);
                    }
                    case "stages" -> stages(portrait, clip, embedded, folder);
                    case "memory" -> memory(portrait, TestFaces.targets(embedded, threads, 0), folder);
                    case "learned" -> learned(portrait, clip, threads, folder);
                    default -> throw new IllegalArgumentException(part);
                }
            }
        }
    }

    private static void speed(Path portrait, Path clip, TargetSwapper targets, Path folder) throws Exception {
        transcode(clip, folder.resolve("warm.mp4"));
        targets.swap(portrait, clip, folder, false, (done, total, left) -> {}, () -> false);
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
            SwapOutcome outcome = targets.swap(portrait, clip, folder, false, (done, total, left) -> {}, () -> false);
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
                "processor time per frame: transcode %.1f ms, swap %.1f ms, ratio %.2f%n",
                transcodeWork,
                swapWork,
                transcodeWork / swapWork);
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

    /**
     * The same stages one after the other on one thread, in processor time.
     *
     * @return milliseconds per frame of the swap stage, which bounds a pipeline whose other stages have a core of their own
     */
    private static double stages(Path portrait, Path clip, FaceSwapper swapper, Path folder) throws Exception {
        ThreadMXBean clock = ManagementFactory.getThreadMXBean();
        Mat frame = new Mat();
        Mat source = StillImage.read(portrait, VisualLimits.defaults());
        long[] spent = new long[4];
        int frames = 0;
        try (VideoReader reader = VideoReader.open(clip, VisualLimits.defaults());
                VideoWriter writer = VideoWriter.open(folder.resolve("stages.mp4"), reader.writerSettings());
                FaceSwapper.PreparedFace face = swapper.prepare(source);
                FaceSwapper.SwapSession session = face.open();
                FaceFinder finder = TestFaces.finder();
                FaceTracker tracker = new FaceTracker(finder, TestFaces.topology(), new FaceChoice.Prominent())) {
            long at = clock.getCurrentThreadCpuTime();
            while (reader.read(frame)) {
                at = note(clock, spent, 0, at);
                List<TrackedFace> faces = tracker.track(frame, 1 / 25f);
                at = note(clock, spent, 1, at);
                faces.forEach(one -> session.swap(frame, one));
                at = note(clock, spent, 2, at);
                writer.write(frame, reader.pts(), reader.duration());
                at = note(clock, spent, 3, at);
                frames++;
            }
            writer.finish();
        }
        frame.release();
        source.release();
        System.out.printf(
                Locale.ROOT,
                "processor time of one thread, ms per frame: decode %.1f, track %.1f, swap %.1f, encode %.1f%n",
                spent[0] / 1e6 / frames,
                spent[1] / 1e6 / frames,
                spent[2] / 1e6 / frames,
                spent[3] / 1e6 / frames);
        return spent[2] / 1e6 / frames;
    }

    private static long note(ThreadMXBean clock, long[] spent, int stage, long since) {
        long now = clock.getCurrentThreadCpuTime();
        spent[stage] += now - since;
        return now;
    }

    /** Resident memory at its highest in the second half of a clip of ten seconds and of one of a minute. */
    private static void memory(Path portrait, TargetSwapper targets, Path folder) throws Exception {
        Path template = TestFaces.clip(TestFaces.MAN, folder);
        Path ten = repeated(template, folder.resolve("ten.mp4"), 250);
        Path sixty = repeated(template, folder.resolve("sixty.mp4"), 1500);
        // the first seconds load classes, compile and fill the heap, however long the clip is
        for (int i = 0; i < WARM_UPS; i++) {
            residentMegabytes(portrait, ten, targets, folder);
        }
        long first = residentMegabytes(portrait, ten, targets, folder);
        long second = residentMegabytes(portrait, sixty, targets, folder);
        System.out.printf(
                Locale.ROOT,
                "resident memory: %d MB over 10 s, %d MB over 60 s, %+.1f %%%n",
                first,
                second,
                100. * (second - first) / first);
    }

    private static long residentMegabytes(Path portrait, Path clip, TargetSwapper targets, Path folder)
            throws Exception {
        AtomicLong most = new AtomicLong();
        targets.swap(
                portrait,
                clip,
                folder,
                false,
                (done, total, left) -> {
                    if (done > total / 2 && done % 10 == 0) {
                        most.accumulateAndGet(resident(), Math::max);
                    }
                },
                () -> false);
        return most.get();
    }

    /** Of this process, from Linux; 0 where there is no /proc. */
    private static long resident() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    /** The clip over and over at 360 lines, without sound. */
    private static Path repeated(Path clip, Path out, int wanted) {
        Mat frame = new Mat();
        Mat small = new Mat();
        try (VideoWriter writer = VideoWriter.open(out, VideoWriter.Settings.constantRate(360, 360, 25))) {
            int written = 0;
            while (written < wanted) {
                try (VideoReader reader = VideoReader.open(clip, VisualLimits.defaults())) {
                    while (written < wanted && reader.read(frame)) {
                        Imgproc.resize(frame, small, new Size(360, 360), 0, 0, Imgproc.INTER_AREA);
                        writer.write(small, written++, 1);
                    }
                }
            }
            writer.finish();
        }
        frame.release();
        small.release();
        return out;
    }

    /** A learned swapper of realistic cost from end to end, against its graph alone. */
    private static void learned(Path portrait, Path clip, StageThreads threads, Path folder) throws Exception {
        Path packsFolder =
                Path.of(SwapBenchmark.class.getResource("/benchmark-packs").toURI());
        ModelPacks packs = ModelPacks.load(
                SwapBenchmark.class.getClassLoader(),
                List.of(ModelPacks.BLAZEFACE, ModelPacks.FACE_MESH),
                Optional.of(packsFolder));
        double bare = bareInference(packsFolder.resolve("layers/model.onnx"));
        try (FaceSwapper swapper = new LearnedFaceSwapper(
                LearnedSwapper.find(packs, InferenceSettings.cpu(), SwapOptions.usual())
                        .orElseThrow(),
                TestFaces.finder())) {
            long begun = System.nanoTime();
            SwapOutcome outcome = TestFaces.targets(swapper, threads, 0)
                    .swap(portrait, clip, folder, false, (done, total, left) -> {}, () -> false);
            double whole = outcome.frames() / ((System.nanoTime() - begun) / 1e9);
            bare = Math.max(bare, bareInference(packsFolder.resolve("layers/model.onnx")));
            System.out.printf(
                    Locale.ROOT,
                    "learned pack of 24 GFLOP: graph alone %.2f fps, end to end %.2f fps, ratio %.2f%n",
                    bare,
                    whole,
                    whole / bare);
            double alone = bareWork(packsFolder.resolve("layers/model.onnx"));
            double stage = stages(portrait, clip, swapper, folder);
            System.out.printf(
                    Locale.ROOT,
                    "its processor time: graph alone %.1f ms, swap stage %.1f ms, ratio %.2f%n",
                    alone,
                    stage,
                    alone / stage);
        }
    }

    private static double bareWork(Path model) throws OrtException {
        long worked = processorTime();
        double speed = bareInference(model);
        // loading the model is in it: a few milliseconds of several seconds
        return speed > 0 ? (processorTime() - worked) / 1e6 / (BARE_RUNS + 1) : 0;
    }

    private static double bareInference(Path model) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(InferenceSettings.cpu().threads());
        try (OrtSession session = environment.createSession(model.toString(), options);
                OnnxTensor source =
                        OnnxTensor.createTensor(environment, FloatBuffer.wrap(new float[512]), new long[] {1, 512});
                OnnxTensor target = OnnxTensor.createTensor(
                        environment, FloatBuffer.wrap(new float[3 * 128 * 128]), new long[] {1, 3, 128, 128})) {
            Map<String, OnnxTensor> inputs = Map.of("source", source, "target", target);
            session.run(inputs).close();
            long begun = System.nanoTime();
            for (int i = 0; i < BARE_RUNS; i++) {
                session.run(inputs).close();
            }
            return BARE_RUNS / ((System.nanoTime() - begun) / 1e9);
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

    /**
     * The template twice over, on a blurred picture of 1280×720.
     *
     * @param side pixels that the template is wide and high
     */
    private static Path wide(Path clip, int side, Path out) {
        Mat frame = new Mat();
        Mat wide = new Mat();
        Mat small = new Mat();
        Rect place = new Rect((1280 - side) / 2, 720 - side, side, side);
        try (VideoWriter writer = VideoWriter.open(out, VideoWriter.Settings.constantRate(1280, 720, 25))) {
            int written = 0;
            for (int turn = 0; turn < 2; turn++) {
                try (VideoReader reader = VideoReader.open(clip, VisualLimits.defaults())) {
                    while (reader.read(frame)) {
                        Imgproc.resize(frame, wide, new Size(1280, 720), 0, 0, Imgproc.INTER_AREA);
                        Imgproc.GaussianBlur(wide, wide, new Size(0, 0), 25);
                        Imgproc.resize(frame, small, place.size(), 0, 0, Imgproc.INTER_AREA);
                        Mat middle = wide.submat(place);
                        small.copyTo(middle);
                        middle.release();
                        writer.write(wide, written++, 1);
                    }
                }
            }
            writer.finish();
        }
        frame.release();
        wide.release();
        small.release();
        return out;
    }
}
