package io.voice2face.gateway;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.voice2face.contracts.event.Stage;
import io.voice2face.contracts.event.Variant;
import io.voice2face.contracts.event.VoiceSubmitted;
import io.voice2face.embedded.EmbeddedPostgres;
import io.voice2face.gateway.mesh.Client;
import io.voice2face.gateway.mesh.EventStream;
import io.voice2face.gateway.mesh.Mesh;
import io.voice2face.gateway.mesh.MeshServers;
import io.voice2face.gateway.mesh.Workers;

import static org.assertj.core.api.Assertions.assertThat;

@QuarkusTest
@QuarkusTestResource(MeshServers.class)
class ProgressStreamTest {
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
    void tellsStatesAndProgressUntilTheEnd() throws Exception {
        Client person = Client.guest();
        UUID id = person.submit();
        VoiceSubmitted job = workers.submitted(id, 1);
        try (EventStream stream = EventStream.open(person, id, OptionalLong.empty())) {
            stream.await(1);
            assertThat(stream.events().get(0).data()).contains("\"state\":\"QUEUED\"");
            workers.finish(job);
            stream.awaitEnd();
            List<EventStream.Event> events = stream.events();
            assertThat(events.get(events.size() - 1).data()).contains("\"state\":\"SUCCEEDED\"");
            assertThat(events).extracting(EventStream.Event::name).contains("state", "progress");
            assertThat(events)
                    .extracting(event -> event.id().orElseThrow())
                    .isSorted()
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void resumesBehindTheLastEventAndMissesNothing() throws Exception {
        Client person = Client.guest();
        UUID id = person.submit();
        VoiceSubmitted job = workers.submitted(id, 1);
        OptionalLong last;
        try (EventStream first = EventStream.open(person, id, OptionalLong.empty())) {
            first.await(1);
            last = first.events().get(0).id();
        }
        for (int frame = 1; frame <= 20; frame++) {
            workers.progress(job, Stage.SWAPPING, Variant.VOICE, frame, 20);
        }
        workers.reject(job, "no_face_in_target", "There is no face in the target.");
        person.awaitState(id, "REJECTED");
        OptionalLong end;
        try (EventStream second = EventStream.open(person, id, last)) {
            second.awaitEnd();
            List<EventStream.Event> missed = second.events();
            assertThat(missed)
                    .allSatisfy(event -> assertThat(event.id().getAsLong()).isGreaterThan(last.getAsLong()));
            assertThat(missed.stream().filter(event -> event.name().equals("progress")))
                    .hasSizeBetween(1, 20)
                    .last()
                    .satisfies(event -> assertThat(event.data()).contains("\"done\":"));
            assertThat(missed.get(missed.size() - 1).data()).contains("REJECTED");
            end = missed.get(missed.size() - 1).id();
        }
        try (EventStream third = EventStream.open(person, id, end)) {
            assertThat(third.status()).isEqualTo(204);
        }
    }

    @Test
    void heartsBeatWhileNothingHappens() throws Exception {
        Client person = Client.guest();
        UUID id = person.submit();
        try (EventStream stream = EventStream.open(person, id, OptionalLong.empty())) {
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> stream.heartbeats() >= 2);
            person.call().delete("/api/v1/requests/" + id).then().statusCode(204);
            stream.awaitEnd();
        }
    }

    @Test
    void tellsWhatAnotherInstanceWrote() throws Exception {
        Client person = Client.guest();
        UUID id = person.submit();
        try (EventStream stream = EventStream.open(person, id, OptionalLong.empty());
                Connection other = DriverManager.getConnection(
                        mesh.postgres().jdbcUrl(EmbeddedPostgres.GATEWAY),
                        EmbeddedPostgres.USERNAME,
                        mesh.postgres().password())) {
            stream.await(1);
            other.setAutoCommit(false);
            try (PreparedStatement insert = other.prepareStatement(
                            "insert into request_event (request_id, kind, data, ends, created_at)"
                                    + " values (?, 'progress', '{\"from\":\"elsewhere\"}', false, now())");
                    PreparedStatement signal = other.prepareStatement("select pg_notify('request_event', ?)")) {
                insert.setObject(1, id);
                insert.executeUpdate();
                signal.setString(1, id.toString());
                signal.execute();
            }
            other.commit();
            stream.await(2);
            assertThat(stream.events().get(1).data()).contains("elsewhere");
        }
    }
}
