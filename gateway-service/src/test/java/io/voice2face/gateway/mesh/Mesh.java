package io.voice2face.gateway.mesh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.awaitility.Awaitility;

import io.voice2face.embedded.EmbeddedKafka;
import io.voice2face.embedded.EmbeddedPostgres;
import io.voice2face.embedded.EmbeddedS3;
import io.voice2face.embedded.S3Credentials;

/** The servers that the gateway talks to. */
public final class Mesh implements AutoCloseable {
    private static final Duration STORAGE_START = Duration.ofSeconds(120);

    private final Path folder;
    private final EmbeddedPostgres postgres;
    private final EmbeddedS3 s3;
    private final int kafkaPort;
    private final String serviceToken;
    private final int storagePort;
    private final Process storage;
    private EmbeddedKafka kafka;

    private Mesh(Path folder, String serviceToken) throws IOException {
        this.folder = folder;
        this.serviceToken = serviceToken;
        this.kafkaPort = freePort();
        this.storagePort = freePort();
        this.kafka = EmbeddedKafka.start(folder.resolve("kafka"), kafkaPort);
        this.postgres = EmbeddedPostgres.start(folder.resolve("postgres"), 0, "test-password");
        this.s3 = EmbeddedS3.start(folder.resolve("s3"), 0, new S3Credentials("test-access-key", "test-secret-key"));
        this.storage = startStorage();
    }

    static Mesh start(Path folder, String serviceToken) {
        try {
            return new Mesh(folder, serviceToken);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public EmbeddedPostgres postgres() {
        return postgres;
    }

    public EmbeddedS3 s3() {
        return s3;
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + kafkaPort;
    }

    public URI storageUrl() {
        return URI.create("http://127.0.0.1:" + storagePort);
    }

    public String serviceToken() {
        return serviceToken;
    }

    /** Folder that belongs to the test run alone. */
    public Path folder() {
        return folder;
    }

    /** The broker goes away. */
    public void stopKafka() throws Exception {
        kafka.close();
    }

    /** The broker comes back with its data. */
    public void startKafka() {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), kafkaPort);
    }

    private Process startStorage() throws IOException {
        Path jar = Path.of("..", "storage-service", "target", "quarkus-app", "quarkus-run.jar")
                .toAbsolutePath()
                .normalize();
        if (!Files.exists(jar)) {
            throw new IllegalStateException(
                    jar + " is missing: run mvn -pl storage-service -am package -DskipTests first");
        }
        Map<String, String> settings = new TreeMap<>();
        settings.put("quarkus.http.port", Integer.toString(storagePort));
        settings.put("quarkus.http.host", "127.0.0.1");
        settings.put("kafka.bootstrap.servers", bootstrapServers());
        settings.put("quarkus.datasource.jdbc.url", postgres.jdbcUrl(EmbeddedPostgres.STORAGE));
        settings.put("quarkus.datasource.reactive.url", postgres.reactiveUrl(EmbeddedPostgres.STORAGE));
        settings.put("quarkus.datasource.username", EmbeddedPostgres.USERNAME);
        settings.put("quarkus.datasource.password", postgres.password());
        settings.put("v2f.s3.endpoint", s3.endpoint().toString());
        settings.put("v2f.s3.public-endpoint", s3.endpoint().toString());
        settings.put("v2f.s3.region", EmbeddedS3.REGION);
        settings.put("v2f.s3.access-key", s3.credentials().accessKey());
        settings.put("v2f.s3.secret-key", s3.credentials().secretKey());
        settings.put("v2f.service-token", serviceToken);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx192m");
        settings.forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.add("-jar");
        command.add(jar.toString());
        Path log = Path.of("target", "storage-service.log").toAbsolutePath();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        HttpClient http = HttpClient.newHttpClient();
        HttpRequest ready =
                HttpRequest.newBuilder(storageUrl().resolve("/q/health/ready")).build();
        Awaitility.await("storage-service, see " + log)
                .atMost(STORAGE_START)
                .pollInterval(Duration.ofMillis(300))
                .ignoreExceptions()
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new IllegalStateException("storage-service has ended, see " + log);
                    }
                    return http.send(ready, HttpResponse.BodyHandlers.discarding())
                                    .statusCode()
                            == 200;
                });
        return process;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        storage.destroyForcibly();
        for (AutoCloseable server : List.<AutoCloseable>of(kafka, postgres, s3)) {
            try {
                server.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
