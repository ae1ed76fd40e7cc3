package io.voice2face.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

/** Measures what a running mesh needs: the time of jobs, one after the other, stage by stage, and memory. */
final class Benchmark {
    private static final double MEGABYTE = 1024 * 1024;

    private final Mesh mesh;
    private final Console console;

    Benchmark(Mesh mesh, Console console) {
        this.mesh = mesh;
        this.console = console;
    }

    /** Runs the job as often as said, the first one on services that have just started, and prints what it took. */
    void run(LocalSettings.Job job, int jobs, Path folder) throws InterruptedException {
        List<Double> seconds = new ArrayList<>();
        for (int i = 1; i <= jobs; i++) {
            VoiceJob.Outcome outcome = new VoiceJob(mesh.addresses().url(MeshService.GATEWAY), Console.silent())
                    .run(job, requestId -> folder.resolve(requestId));
            seconds.add(outcome.took().toMillis() / 1000.0);
            console.line(String.format(Locale.ROOT, "job %d of %d: %.1f s", i, jobs, seconds.get(i - 1)));
            stages(outcome.files());
        }
        console.plain(String.format(
                Locale.ROOT,
                "from POST to SUCCEEDED: first %.1f s, best %.1f s",
                seconds.get(0),
                seconds.stream().mapToDouble(Double::doubleValue).min().orElseThrow()));
        for (String name : mesh.processNames()) {
            Optional<Long> memory = ResidentSet.of(mesh.process(name).handle().pid());
            Optional<Duration> processor = mesh.process(name).handle().info().totalCpuDuration();
            console.plain(String.format(
                    Locale.ROOT,
                    "%-19s %5.0f MB resident, %6.1f s of CPU",
                    name,
                    memory.orElse(0L) / MEGABYTE,
                    processor.orElse(Duration.ZERO).toMillis() / 1000.0));
        }
    }

    private void stages(List<Path> files) {
        JsonNode result = files.stream()
                .filter(file -> file.getFileName().toString().equals("result.json"))
                .findFirst()
                .map(Benchmark::read)
                .orElseThrow(() -> new LocalRunException("The job has no result.json."));
        for (String variant : List.of("voice", "condition")) {
            StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "  %-10s", variant));
            for (JsonNode timing : result.path("variants").path(variant).path("timings")) {
                line.append(String.format(
                        Locale.ROOT,
                        "%s %.2f  ",
                        timing.path("step").asText(),
                        timing.path("seconds").asDouble()));
            }
            console.plain(line.toString());
        }
    }

    private static JsonNode read(Path file) {
        try {
            return Json.read(Files.readString(file));
        } catch (IOException e) {
            throw new LocalRunException(file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
