package io.voice2face.gateway;

import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.voice2face.contracts.event.Stage;
import io.voice2face.contracts.event.Variant;
import io.voice2face.contracts.event.VoiceSubmitted;
import io.voice2face.gateway.mesh.Client;
import io.voice2face.gateway.mesh.Mesh;
import io.voice2face.gateway.mesh.MeshServers;
import io.voice2face.gateway.mesh.Workers;

import static org.assertj.core.api.Assertions.assertThat;

@QuarkusTest
@QuarkusTestResource(MeshServers.class)
class ThousandStreamsTest {
    private static final int REQUESTS = 20;
    private static final int STREAMS_EACH = 50;
    private static final int FRAMES = 25;
    private static final long MOST_HEAP_BYTES = 512L * 1024 * 1024;

    Mesh mesh;
    private Workers workers;

    @BeforeEach
    void startWorkers() {
        workers = new Workers(mesh);
        Ready.await();
    }

    @AfterEach
    void stopWorkers() {
        workers.close();
    }

    @Test
    void aThousandStreamsLoseNothing() throws Exception {
        List<VoiceSubmitted> jobs = new ArrayList<>();
        List<Stream> streams = new ArrayList<>();
        HttpClient http = HttpClient.newHttpClient();
        for (int i = 0; i < REQUESTS; i++) {
            Client person = Client.guest();
            UUID id = person.submit();
            jobs.add(workers.submitted(id, 1));
            for (int j = 0; j < STREAMS_EACH; j++) {
                streams.add(Stream.open(http, person, id));
            }
        }
        Awaitility.await("all streams").atMost(Duration.ofSeconds(120)).until(() -> streams.stream()
                .allMatch(stream -> stream.events.get() > 0));
        for (int frame = 1; frame <= FRAMES; frame++) {
            for (VoiceSubmitted job : jobs) {
                workers.progress(job, Stage.SWAPPING, Variant.VOICE, frame, FRAMES);
            }
        }
        // an end on another topic would overtake the progress
        Awaitility.await("progress").atMost(Duration.ofSeconds(180)).until(() -> streams.stream()
                .allMatch(stream -> stream.frames.size() >= FRAMES));
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        for (VoiceSubmitted job : jobs) {
            workers.reject(job, "no_face_in_target", "There is no face in the target.");
        }
        CompletableFuture.allOf(streams.stream().map(stream -> stream.end).toArray(CompletableFuture[]::new))
                .get(180, java.util.concurrent.TimeUnit.SECONDS);
        List<Long> all = LongStream.rangeClosed(1, FRAMES).boxed().toList();
        assertThat(streams).allSatisfy(stream -> assertThat(stream.frames).isEqualTo(all));
        assertThat(streams).allSatisfy(stream -> assertThat(stream.last).contains("REJECTED"));
        // broker, object store, clients and all are in this heap as well
        assertThat(heap).isLessThan(MOST_HEAP_BYTES);
    }

    /** One follower. */
    private static final class Stream implements Flow.Subscriber<String> {
        private final AtomicInteger events = new AtomicInteger();
        private final List<Long> frames = new CopyOnWriteArrayList<>();
        private final CompletableFuture<Void> end = new CompletableFuture<>();
        private volatile String last = "";

        static Stream open(HttpClient http, Client person, UUID id) {
            Stream stream = new Stream();
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://localhost:" + RestAssured.port + "/api/v1/requests/" + id + "/events"))
                    .version(HttpClient.Version.HTTP_1_1)
                    .header("Authorization", "Bearer " + person.token())
                    .build();
            http.sendAsync(request, HttpResponse.BodyHandlers.fromLineSubscriber(stream));
            return stream;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(String line) {
            if (!line.startsWith("data:") || line.equals("data:{}")) {
                return;
            }
            events.incrementAndGet();
            if (line.contains("\"done\":") && !line.contains("\"createdAt\"")) {
                frames.add(Long.parseLong(line.replaceAll(".*\"done\":(\\d+).*", "$1")));
            } else {
                last = line;
            }
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            end.complete(null);
        }
    }
}
