package io.voice2face.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;

/** One person's use of the public API, over nothing but HTTP; blocking. */
final class GatewayClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration FOLLOW_RETRY = Duration.ofSeconds(1);
    private static final List<String> FINAL_STATES = List.of("SUCCEEDED", "PARTIAL", "FAILED", "REJECTED", "CANCELLED");
    private static final Map<String, String> CONTENT_TYPES = Map.ofEntries(
            Map.entry("wav", "audio/wav"),
            Map.entry("mp3", "audio/mpeg"),
            Map.entry("m4a", "audio/mp4"),
            Map.entry("ogg", "audio/ogg"),
            Map.entry("opus", "audio/ogg"),
            Map.entry("webm", "audio/webm"),
            Map.entry("mp4", "video/mp4"),
            Map.entry("mov", "video/quicktime"),
            Map.entry("gif", "image/gif"),
            Map.entry("png", "image/png"),
            Map.entry("jpg", "image/jpeg"),
            Map.entry("jpeg", "image/jpeg"),
            Map.entry("webp", "image/webp"));

    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final URI base;
    private final String token;

    private GatewayClient(URI base, String token) {
        this.base = base;
        this.token = token;
    }

    /** A new guest. */
    static GatewayClient guest(URI base) {
        GatewayClient anonymous = new GatewayClient(base, "");
        JsonNode answer = anonymous.json(anonymous
                .request("/api/v1/tokens/guest")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}")));
        return new GatewayClient(base, answer.path("accessToken").asText());
    }

    /** A part of a form: a text, or a file. */
    sealed interface Part {
        String name();

        record Text(String name, String value) implements Part {}

        record Upload(String name, Path file) implements Part {}
    }

    /** Answer of the gateway, whatever its status. */
    record Answer(int status, Map<String, List<String>> headers, String body) {
        JsonNode json() {
            return Json.read(body);
        }
    }

    /** Sends a form to {@code POST /api/v1/requests}. */
    Answer submit(List<Part> parts) {
        return submit(parts, Optional.empty());
    }

    /** Sends a form, as a part of a trace where a {@code traceparent} is given. */
    Answer submit(List<Part> parts, Optional<String> traceparent) {
        String boundary = "v2f" + UUID.randomUUID();
        List<BodyPublisher> body = new ArrayList<>();
        try {
            for (Part part : parts) {
                if (part instanceof Part.Upload upload) {
                    String fileName = upload.file().getFileName().toString();
                    body.add(text("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + upload.name()
                            + "\"; filename=\"" + fileName.replace("\"", "") + "\"\r\nContent-Type: "
                            + contentType(fileName) + "\r\n\r\n"));
                    body.add(BodyPublishers.ofFile(upload.file()));
                    body.add(text("\r\n"));
                } else if (part instanceof Part.Text value) {
                    body.add(text("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + value.name()
                            + "\"\r\n\r\n" + value.value() + "\r\n"));
                }
            }
        } catch (IOException e) {
            throw new LocalRunException("A file to be sent cannot be read: " + e.getMessage(), e);
        }
        body.add(text("--" + boundary + "--\r\n"));
        HttpRequest.Builder request = request("/api/v1/requests")
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(BodyPublishers.concat(body.toArray(BodyPublisher[]::new)));
        traceparent.ifPresent(value -> request.header("traceparent", value));
        return answer(request);
    }

    private static BodyPublisher text(String text) {
        return BodyPublishers.ofString(text, StandardCharsets.UTF_8);
    }

    private static String contentType(String fileName) {
        String extension = fileName.substring(fileName.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return CONTENT_TYPES.getOrDefault(extension, "application/octet-stream");
    }

    /** {@code GET} of a path of the API. */
    JsonNode get(String path) {
        return json(request(path).GET());
    }

    /** {@code GET} of a path, whatever its status. */
    Answer fetch(String path) {
        return answer(request(path).GET());
    }

    /**
     * Follows a request until it has ended, over every break of the connection, and returns how it ended.
     *
     * @param listener is given every event's name and data
     * @param patience gives up when nothing was heard for this long
     */
    JsonNode follow(String requestId, Duration patience, ProgressListener listener) throws InterruptedException {
        String path = "/api/v1/requests/" + requestId + "/events";
        Optional<String> lastId = Optional.empty();
        Instant lastHeard = Instant.now();
        while (Instant.now().isBefore(lastHeard.plus(patience))) {
            HttpRequest.Builder request = request(path).timeout(patience).header("Accept", "text/event-stream");
            lastId.ifPresent(id -> request.header("Last-Event-ID", id));
            try {
                HttpResponse<Stream<String>> response = http.send(request.GET().build(), BodyHandlers.ofLines());
                try (Stream<String> lines = response.body()) {
                    if (response.statusCode() == 200) {
                        EventStream stream = new EventStream(listener, lastId);
                        var iterator = lines.iterator();
                        while (iterator.hasNext()) {
                            Optional<JsonNode> ended = stream.line(iterator.next());
                            lastHeard = Instant.now();
                            if (ended.isPresent()) {
                                return ended.get();
                            }
                        }
                        lastId = stream.lastId();
                    } else if (response.statusCode() < 500) {
                        throw new LocalRunException(
                                "The gateway refuses to tell the progress: status " + response.statusCode());
                    }
                }
            } catch (IOException | UncheckedIOException e) {
                // the gateway may be on its way back: the stream is resumed from the last event
                listener.event("disconnected", Json.read("{}"));
            }
            TimeUnit.MILLISECONDS.sleep(FOLLOW_RETRY.toMillis());
        }
        throw new LocalRunException("Nothing was heard of the request for " + patience.toSeconds() + " s.");
    }

    /** Is told of every event of a request. */
    interface ProgressListener {
        void event(String name, JsonNode data);
    }

    /** Lines of a {@code text/event-stream} as events. */
    private static final class EventStream {
        private final ProgressListener listener;
        private Optional<String> lastId;
        private String name = "message";
        private final StringBuilder data = new StringBuilder();

        EventStream(ProgressListener listener, Optional<String> lastId) {
            this.listener = listener;
            this.lastId = lastId;
        }

        Optional<String> lastId() {
            return lastId;
        }

        Optional<JsonNode> line(String line) {
            if (line.isEmpty()) {
                return dispatch();
            }
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1).replaceFirst("^ ", "");
            switch (field) {
                case "id" -> lastId = Optional.of(value);
                case "event" -> name = value;
                case "data" -> data.append(value);
                default -> {
                    // comments and fields that later versions may add
                }
            }
            return Optional.empty();
        }

        private Optional<JsonNode> dispatch() {
            if (data.isEmpty()) {
                return Optional.empty();
            }
            JsonNode json = Json.read(data.toString());
            String event = name;
            data.setLength(0);
            name = "message";
            listener.event(event, json);
            boolean ended = event.equals("state")
                    && FINAL_STATES.contains(json.path("state").asText());
            return ended ? Optional.of(json) : Optional.empty();
        }
    }

    /**
     * Downloads a medium, over the redirect to storage, into a file that appears only when it is complete.
     *
     * @param url path on the gateway
     * @return media type of what was downloaded
     */
    String download(String url, Path file) {
        try {
            HttpResponse<InputStream> response = http.send(request(url).GET().build(), BodyHandlers.ofInputStream());
            if (response.statusCode() == 307) {
                response.body().close();
                // the URL carries its own authorisation; ours is none of storage's business
                URI location =
                        base.resolve(response.headers().firstValue("Location").orElseThrow());
                response = http.send(
                        HttpRequest.newBuilder(location).timeout(TIMEOUT).build(), BodyHandlers.ofInputStream());
            }
            try (InputStream body = response.body()) {
                if (response.statusCode() != 200) {
                    throw new LocalRunException(url + " cannot be downloaded: status " + response.statusCode());
                }
                Files.createDirectories(file.getParent());
                Path partial = file.resolveSibling(file.getFileName() + ".part");
                Files.copy(body, partial, StandardCopyOption.REPLACE_EXISTING);
                Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
            }
            return response.headers().firstValue("Content-Type").orElse("application/octet-stream");
        } catch (IOException e) {
            throw new LocalRunException(url + " cannot be downloaded: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalRunException("Interrupted while downloading.", e);
        }
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(TIMEOUT);
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    private JsonNode json(HttpRequest.Builder request) {
        Answer answer = answer(request);
        if (answer.status() / 100 != 2) {
            throw new LocalRunException("The gateway answers " + answer.status() + ": " + answer.body());
        }
        return answer.json();
    }

    private Answer answer(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.headers().map(), response.body());
        } catch (IOException e) {
            throw new LocalRunException("The gateway at " + base + " does not answer: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalRunException("Interrupted while asking the gateway.", e);
        }
    }
}
