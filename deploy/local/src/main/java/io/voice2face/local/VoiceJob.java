package io.voice2face.local;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;

/** One voice through the whole mesh, by the public API, and its products as files. */
final class VoiceJob {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration TEMPLATE_PATIENCE = Duration.ofSeconds(90);
    private static final Duration PROGRESS_EVERY = Duration.ofSeconds(1);
    private static final Map<String, String> EXTENSIONS = Map.of(
            "video/mp4", "mp4",
            "image/gif", "gif",
            "image/png", "png",
            "image/jpeg", "jpg",
            "image/webp", "webp");

    private final URI gateway;
    private final Console console;
    private Instant lastProgress = Instant.EPOCH;
    private String lastLine = "";

    VoiceJob(URI gateway, Console console) {
        this.gateway = gateway;
        this.console = console;
    }

    /**
     * What came out.
     *
     * @param files face and clip of both variants and {@code result.json}
     * @param took from the request to its end
     */
    record Outcome(List<Path> files, Duration took) {}

    /** Where the files go, once the request has an id. */
    interface OutFolder {
        Path of(String requestId);
    }

    /**
     * Runs the job and writes its five files.
     *
     * @throws LocalRunException with the reason if one of them is not there in the end
     */
    Outcome run(LocalSettings.Job job, OutFolder out) throws InterruptedException {
        GatewayClient client = GatewayClient.guest(gateway);
        List<GatewayClient.Part> form = new ArrayList<>();
        form.add(new GatewayClient.Part.Text("age", Integer.toString(job.age())));
        form.add(new GatewayClient.Part.Text("gender", job.gender()));
        if (job.target().isPresent()) {
            form.add(new GatewayClient.Part.Upload("target", job.target().get()));
        } else {
            form.add(new GatewayClient.Part.Text("template", template(client, job.gender())));
        }
        form.add(new GatewayClient.Part.Upload("voice", job.voice()));
        Instant begin = Instant.now();
        GatewayClient.Answer answer = client.submit(form);
        if (answer.status() != 202) {
            throw new LocalRunException("The request was not taken: " + problem(answer));
        }
        String requestId = answer.json().path("id").asText();
        console.line("request " + requestId);
        JsonNode end = client.follow(requestId, PATIENCE, this::show);
        Duration took = Duration.between(begin, Instant.now());
        Path folder = out.of(requestId);
        List<Path> files = write(client, end, folder);
        if (!end.path("state").asText().equals("SUCCEEDED")) {
            throw new LocalRunException(
                    "The request has ended " + end.path("state").asText() + ": " + failure(end)
                            + (files.isEmpty() ? "" : " (what there is lies in " + folder + ")"));
        }
        return new Outcome(files, took);
    }

    private static String template(GatewayClient client, String gender) throws InterruptedException {
        Instant deadline = Instant.now().plus(TEMPLATE_PATIENCE);
        while (Instant.now().isBefore(deadline)) {
            for (JsonNode template : client.get("/api/v1/templates")) {
                if (template.path("gender").asText().equalsIgnoreCase(gender)) {
                    return template.path("id").asText();
                }
            }
            // a gateway that has just started is still putting its clips into storage
            TimeUnit.SECONDS.sleep(1);
        }
        throw new LocalRunException("There is no built-in clip for " + gender + "; name one with -Dv2f.target=FILE.");
    }

    private static String problem(GatewayClient.Answer answer) {
        JsonNode problem = answer.json();
        String detail = problem.path("detail").asText(problem.path("title").asText("no reason given"));
        return detail + " (" + problem.path("reason").asText("status " + answer.status()) + ")";
    }

    private static String failure(JsonNode request) {
        JsonNode failure = request.path("failure");
        if (failure.isMissingNode() || failure.isNull()) {
            for (JsonNode result : request.path("results")) {
                for (JsonNode variant : result.path("variants")) {
                    if (variant.hasNonNull("failure")) {
                        failure = variant.path("failure");
                    }
                }
            }
        }
        return failure.path("message").asText("no reason given") + " ("
                + failure.path("reason").asText("unknown") + ")";
    }

    private void show(String event, JsonNode data) {
        String line =
                switch (event) {
                    case "state" -> data.path("state").asText();
                    case "progress" -> progress(data);
                    case "disconnected" -> "connection lost, following on";
                    default -> "";
                };
        boolean tooSoon = event.equals("progress") && Instant.now().isBefore(lastProgress.plus(PROGRESS_EVERY));
        if (!line.isEmpty() && !line.equals(lastLine) && !tooSoon) {
            console.line("  " + line);
            lastLine = line;
            lastProgress = Instant.now();
        }
    }

    private static String progress(JsonNode data) {
        StringBuilder line = new StringBuilder(data.path("stage").asText());
        if (data.hasNonNull("variant")) {
            line.append(' ').append(data.path("variant").asText().toLowerCase(Locale.ROOT));
        }
        long total = data.path("total").asLong();
        if (total > 0) {
            line.append(String.format(Locale.ROOT, " %d/%d", data.path("done").asLong(), total));
        }
        if (data.hasNonNull("remainingSeconds")) {
            line.append(String.format(
                    Locale.ROOT,
                    ", about %.0f s left",
                    data.path("remainingSeconds").asDouble()));
        }
        return line.toString();
    }

    private static List<Path> write(GatewayClient client, JsonNode request, Path folder) {
        List<Path> files = new ArrayList<>();
        String resultId = request.path("latestResultId").asText();
        JsonNode result = client.get("/api/v1/requests/" + request.path("id").asText() + "/results/" + resultId);
        Map<String, JsonNode> variants = new LinkedHashMap<>();
        for (String variant : List.of("voice", "condition")) {
            variants.put(variant, result.path("variants").path(variant));
        }
        variants.forEach((name, variant) -> {
            if (variant.hasNonNull("face")) {
                files.add(download(client, variant.path("face"), folder, name + "-face"));
            }
            if (variant.hasNonNull("clip")) {
                files.add(download(client, variant.path("clip"), folder, name + "-clip"));
            }
        });
        if (!files.isEmpty()) {
            Path json = folder.resolve("result.json");
            try {
                Files.writeString(json, Json.write(result) + "\n");
            } catch (IOException e) {
                throw new LocalRunException(json + " cannot be written: " + e.getMessage(), e);
            }
            files.add(json);
        }
        return files;
    }

    private static Path download(GatewayClient client, JsonNode medium, Path folder, String name) {
        String type = medium.path("contentType").asText();
        Path file = folder.resolve(name + "." + EXTENSIONS.getOrDefault(type, "bin"));
        client.download(medium.path("url").asText(), file);
        return file;
    }
}
