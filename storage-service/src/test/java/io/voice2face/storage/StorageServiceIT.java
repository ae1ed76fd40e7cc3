package io.voice2face.storage;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.restassured.RestAssured;
import io.restassured.config.ObjectMapperConfig;
import io.voice2face.contracts.EventJson;
import io.voice2face.contracts.Topic;
import io.voice2face.embedded.EmbeddedPostgres;
import io.voice2face.embedded.EmbeddedServers;
import io.voice2face.embedded.Ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The packaged service as a process of its own. */
class StorageServiceIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    Path logs;

    private final int port = Ports.free();
    private final String api = "http://127.0.0.1:" + port;
    private EmbeddedServers servers;
    private Process service;
    private int starts;

    @BeforeEach
    void start() throws IOException {
        RestAssured.config = RestAssured.config()
                .objectMapperConfig(ObjectMapperConfig.objectMapperConfig()
                        .jackson2ObjectMapperFactory((type, charset) -> EventJson.mapper()));
        servers = EmbeddedServers.startTemporary();
        startService();
    }

    @AfterEach
    void stop() {
        service.destroyForcibly().onExit().join();
        servers.close();
    }

    @Test
    void killedInTheMiddleItLosesNothingAndDoublesNothing() throws Exception {
        UUID requestId = UUID.randomUUID();
        Mesh mesh = new Mesh(servers.kafka().bootstrapServers());
        List<Face> faces = IntStream.range(0, 60)
                .mapToObj(number -> new Face(requestId, UUID.randomUUID(), "face " + number))
                .toList();
        faces.forEach(face -> face.put(api));
        faces.forEach(face -> mesh.send(face.event()));
        mesh.records(Topic.MEDIA_STORED.topicName(), requestId, 5);

        service.destroyForcibly().onExit().join();
        int announcedBefore = mesh.count(Topic.MEDIA_STORED.topicName(), requestId);
        startService();

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(announced(mesh, requestId)).hasSize(faces.size()));
        assertThat(announcedBefore).isLessThanOrEqualTo(faces.size());
        assertThat(rows(requestId)).isEqualTo(faces.size());
        assertThat(mesh.count(Topic.FACE_GENERATED.deadLetterTopicName(), requestId))
                .isZero();
        assertThat(mesh.count(Topic.JOB_FAILED.topicName(), requestId)).isZero();
    }

    private static List<String> announced(Mesh mesh, UUID requestId) {
        return mesh.records(Topic.MEDIA_STORED.topicName(), requestId, 1).stream()
                .map(StorageServiceIT::eventId)
                .distinct()
                .toList();
    }

    private static String eventId(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.headers().lastHeader("ce_id").value());
    }

    private long rows(UUID requestId) throws Exception {
        try (Connection connection = servers.postgres().connect(EmbeddedPostgres.STORAGE);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select count(*) from stored_object where request_id = '" + requestId + "'")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private void startService() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx192m");
        for (Map.Entry<String, String> setting :
                servers.settings(EmbeddedPostgres.STORAGE).entrySet()) {
            command.add("-D" + setting.getKey() + "=" + setting.getValue());
        }
        command.add("-Dv2f.service-token=" + Servers.TOKEN);
        command.add("-Dquarkus.http.host=127.0.0.1");
        command.add("-Dquarkus.http.port=" + port);
        command.addAll(List.of("-jar", "target/quarkus-app/quarkus-run.jar"));
        starts++;
        service = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(logs.resolve("storage-" + starts + ".log").toFile())
                .start();
        await().atMost(PATIENCE).until(this::isReady);
    }

    private boolean isReady() throws InterruptedException {
        assertThat(service.isAlive()).as("the service runs").isTrue();
        try {
            return HttpClient.newHttpClient()
                            .send(
                                    HttpRequest.newBuilder(URI.create(api + "/q/health/ready"))
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        }
    }
}
