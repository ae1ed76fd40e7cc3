package io.voice2face.gateway.mesh;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import org.awaitility.Awaitility;

import io.restassured.RestAssured;

/** Reads a request's server-sent events as they come. */
public final class EventStream implements AutoCloseable {
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final HttpResponse<Stream<String>> response;
    private final Thread reader;
    private volatile boolean ended;

    /** One server-sent event. */
    public record Event(OptionalLong id, String name, String data) {}

    private EventStream(HttpResponse<Stream<String>> response) {
        this.response = response;
        this.reader = new Thread(this::read, "event-stream");
        reader.setDaemon(true);
        reader.start();
    }

    /** Follows a request. */
    public static EventStream open(Client person, UUID id, OptionalLong lastEventId) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + RestAssured.port + "/api/v1/requests/" + id + "/events"))
                .header("Authorization", "Bearer " + person.token());
        lastEventId.ifPresent(last -> request.header("Last-Event-ID", Long.toString(last)));
        return new EventStream(HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofLines()));
    }

    private void read() {
        OptionalLong id = OptionalLong.empty();
        String name = "";
        StringBuilder data = new StringBuilder();
        try (Stream<String> lines = response.body()) {
            for (String line : (Iterable<String>) lines::iterator) {
                if (line.startsWith("id:")) {
                    id = OptionalLong.of(Long.parseLong(line.substring(3).strip()));
                } else if (line.startsWith("event:")) {
                    name = line.substring(6).strip();
                } else if (line.startsWith("data:")) {
                    data.append(line.substring(5));
                } else if (line.isEmpty() && !name.isEmpty()) {
                    events.add(new Event(id, name, data.toString()));
                    id = OptionalLong.empty();
                    name = "";
                    data.setLength(0);
                }
            }
        } catch (java.io.UncheckedIOException closed) {
            // the test has closed it, or the server has
        } finally {
            ended = true;
        }
    }

    public int status() {
        return response.statusCode();
    }

    /** Events so far, heartbeats left out. */
    public List<Event> events() {
        return events.stream()
                .filter(event -> !event.name().equals("heartbeat"))
                .toList();
    }

    /** Number of heartbeats so far. */
    public long heartbeats() {
        return events.stream().filter(event -> event.name().equals("heartbeat")).count();
    }

    /** Waits for the server to end the stream. */
    public void awaitEnd() {
        Awaitility.await("end of the stream").atMost(Duration.ofSeconds(60)).until(() -> ended);
    }

    /** Waits for a number of events. */
    public void await(int number) {
        Awaitility.await(number + " events").atMost(Duration.ofSeconds(60)).until(() -> events().size() >= number);
    }

    @Override
    public void close() {
        response.body().close();
        reader.interrupt();
    }
}
