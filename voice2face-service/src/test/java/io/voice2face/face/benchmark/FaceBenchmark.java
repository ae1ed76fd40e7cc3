package io.voice2face.face.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.voice2face.contracts.event.Gender;
import io.voice2face.face.TestSettings;
import io.voice2face.face.generation.FaceStudio;
import io.voice2face.face.models.FaceModels;
import io.voice2face.face.timing.StopWatch;
import io.voice2face.face.voice.HeardVoice;
import io.voice2face.face.voice.VoiceListener;
import io.voice2face.media.AudioDecoder;
import io.voice2face.media.AudioLimits;

/**
 * How fast a voice becomes two faces, without broker and storage: time by step, real-time factor, throughput with 1, 2 and
 * 4 jobs at once, and memory over many jobs.
 *
 * <pre>{@code
 * mvn -pl voice2face-service -am -Pbenchmark test -DskipTests [-Dv2f.voice=FILE] [-Dv2f.jobs=N]
 * }</pre>
 */
public final class FaceBenchmark {
    private static final int WARM_UP = 5;
    private static final int RUNS = 15;
    private static final int JOBS = 16;

    private final Path voice;
    private final VoiceListener listener;
    private final FaceStudio studio;

    private FaceBenchmark(Path voice, FaceModels models) {
        this.voice = voice;
        this.listener = new VoiceListener(models, new TestSettings.DefaultLimits());
        this.studio = new FaceStudio(models);
    }

    public static void main(String[] args) throws Exception {
        Path voice = Path.of(args[0]);
        FaceModels models = new FaceModels(new TestSettings.OnCpu(Optional.empty()));
        FaceBenchmark benchmark = new FaceBenchmark(voice, models);
        benchmark.steps();
        for (int concurrency : new int[] {1, 2, 4}) {
            benchmark.throughput(concurrency);
        }
        if (args.length > 1) {
            benchmark.memory(Integer.parseInt(args[1]));
        }
    }

    private void steps() throws Exception {
        double seconds = AudioDecoder.decodeMono16k(voice, new AudioLimits(Duration.ofMinutes(2), 1 << 26))
                .seconds();
        for (int i = 0; i < WARM_UP; i++) {
            job(new TreeMap<>());
        }
        List<Double> totals = new ArrayList<>();
        long computed = processCpuNanos();
        Map<String, List<Double>> steps = new TreeMap<>();
        for (int i = 0; i < RUNS; i++) {
            Map<String, Double> times = new TreeMap<>();
            long begun = System.nanoTime();
            job(times);
            totals.add((System.nanoTime() - begun) / 1e9);
            times.forEach((step, time) ->
                    steps.computeIfAbsent(step, name -> new ArrayList<>()).add(time));
        }
        System.out.printf(
                "%.1f s of sound, %d processors%n",
                seconds, Runtime.getRuntime().availableProcessors());
        steps.forEach((step, times) -> System.out.printf("  %-10s %7.1f ms%n", step, 1000 * median(times)));
        System.out.printf(
                "  %-10s %7.1f ms, real-time factor %.3f%n",
                "both faces", 1000 * median(totals), median(totals) / seconds);
        System.out.printf(
                "  processor time of both faces %.1f ms (of all threads)%n",
                (processCpuNanos() - computed) / 1e6 / RUNS);
    }

    private void throughput(int concurrency) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(concurrency);
        try {
            Callable<Void> work = () -> {
                job(new TreeMap<>());
                return null;
            };
            long begun = System.nanoTime();
            List<Future<Void>> jobs = new ArrayList<>();
            for (int i = 0; i < JOBS; i++) {
                jobs.add(pool.submit(work));
            }
            for (Future<Void> job : jobs) {
                job.get();
            }
            System.out.printf("%d at once: %.2f jobs/s%n", concurrency, JOBS / ((System.nanoTime() - begun) / 1e9));
        } finally {
            pool.shutdown();
        }
    }

    private void memory(int jobs) throws Exception {
        for (int i = 0; i <= jobs; i++) {
            if (i % Math.max(1, jobs / 10) == 0) {
                System.out.printf("after %4d jobs: resident %d MiB%n", i, residentMebibytes());
            }
            job(new TreeMap<>());
        }
    }

    /** What {@code FaceJob} does between the download and the uploads. */
    private void job(Map<String, Double> times) throws Exception {
        StopWatch watch =
                new StopWatch((step, outcome, taken) -> times.merge(step, taken.toNanos() / 1e9, Double::sum));
        Path picture = Files.createTempFile("face", ".png");
        try {
            HeardVoice heard = listener.listen(voice, watch);
            var fromVoice = studio.fromVoice(heard, OptionalInt.empty(), 1, watch);
            watch.time("png", () -> write(fromVoice.picture()::writePng, picture));
            var fromStatement =
                    studio.fromStatement(UUID.randomUUID(), Gender.FEMALE, 30, OptionalInt.empty(), 1, watch);
            watch.time("png", () -> write(fromStatement.picture()::writePng, picture));
        } finally {
            Files.delete(picture);
        }
    }

    private static Path write(PngWriter writer, Path file) throws IOException {
        writer.write(file);
        return file;
    }

    private interface PngWriter {
        void write(Path file) throws IOException;
    }

    private static long residentMebibytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return -1;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                .findFirst()
                .orElse(-1);
    }

    private static long processCpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
