package io.voice2face.storage;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.voice2face.contracts.Topic;
import io.voice2face.contracts.event.MediaKind;
import io.voice2face.contracts.event.MediaStored;
import io.voice2face.contracts.storage.StorageApi;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

/** What was accepted for processing survives that a server is away; nothing is dead-lettered for it. */
@QuarkusTest
@WithTestResource(RestartableServers.class)
class OutageTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String broker;

    RestartableServers servers;

    private final UUID requestId = UUID.randomUUID();

    @Test
    void anEventThatArrivesWithoutTheDatabaseIsProcessedWhenItIsBack() {
        Mesh mesh = new Mesh(broker);
        Face face = new Face(requestId, UUID.randomUUID(), "a face");
        face.put("");
        double retried = retried();
        servers.stopPostgres();

        mesh.send(face.event());
        await().atMost(PATIENCE).until(() -> retried() >= retried + 3);
        await().atMost(PATIENCE).untilAsserted(() -> notReadyFor("Reactive PostgreSQL connections health check"));
        given().header("Authorization", "Bearer " + Servers.TOKEN)
                .get(StorageApi.REQUESTS + "/" + requestId + "/objects")
                .then()
                .statusCode(503)
                .body("reason", equalTo("storage_unavailable"));
        servers.startPostgres();

        processed(mesh);
    }

    @Test
    void anEventThatArrivesWithoutTheObjectStoreIsProcessedWhenItIsBack() {
        Mesh mesh = new Mesh(broker);
        Face face = new Face(requestId, UUID.randomUUID(), "another face");
        face.put("");
        double retried = retried();
        servers.stopS3();

        mesh.send(face.event());
        await().atMost(PATIENCE).until(() -> retried() >= retried + 3);
        notReadyFor("object store");
        given().contentType(ContentType.JSON)
                .header("Authorization", "Bearer " + Servers.TOKEN)
                .body(new StorageApi.Acceptance(face.reference(), MediaKind.FACE, Optional.of(requestId)))
                .post(StorageApi.ACCEPTANCES)
                .then()
                .statusCode(503)
                .body("reason", equalTo("storage_unavailable"));
        servers.startS3();

        processed(mesh);
    }

    @Test
    void consumptionGoesOnAfterTheBrokerWasAway() {
        Face face = new Face(requestId, UUID.randomUUID(), "a third face");
        face.put("");
        servers.stopKafka();
        await().atMost(PATIENCE).untilAsserted(() -> notReadyFor("broker"));
        // Storage itself goes on without a broker.
        face.put("");
        servers.startKafka();

        Mesh mesh = new Mesh(broker);
        mesh.send(face.event());

        processed(mesh);
    }

    private void processed(Mesh mesh) {
        // At least once: a rebalance may bring the record again, and the announcement with the same id.
        await().atMost(PATIENCE).until(() -> mesh.count(Topic.MEDIA_STORED.topicName(), requestId) >= 1);
        assertThat(mesh.event(MediaStored.class, requestId).objects()).hasSize(1);
        assertThat(mesh.count(Topic.FACE_GENERATED.deadLetterTopicName(), requestId))
                .isZero();
        assertThat(mesh.count(Topic.JOB_FAILED.topicName(), requestId)).isZero();
        await().atMost(PATIENCE)
                .untilAsserted(() -> given().get("/q/health/ready").then().statusCode(200));
    }

    private static void notReadyFor(String check) {
        given().get("/q/health/ready")
                .then()
                .statusCode(503)
                .body("checks.findAll { it.status == 'DOWN' }.name", hasItem(check));
    }

    private static double retried() {
        return given().get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith("v2f_events_total") && line.contains("outcome=\"retried\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }
}
