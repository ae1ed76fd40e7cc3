package io.voice2face.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * Kafka, PostgreSQL and S3 together in this process, on free ports. What tests run on:
 *
 * <pre>{@code
 * public Map<String, String> start() {
 *     servers = EmbeddedServers.startTemporary();
 *     return servers.settings(EmbeddedPostgres.GATEWAY);
 * }
 * }</pre>
 */
public final class EmbeddedServers implements AutoCloseable {
    private static final Executor NEW_THREAD = task -> {
        Thread thread = new Thread(task, "embedded-server-start");
        thread.setDaemon(true);
        thread.start();
    };

    private final EmbeddedKafka kafka;
    private final EmbeddedPostgres postgres;
    private final EmbeddedS3 s3;
    private final List<AutoCloseable> toClose;

    private EmbeddedServers(
            EmbeddedKafka kafka, EmbeddedPostgres postgres, EmbeddedS3 s3, List<AutoCloseable> toClose) {
        this.kafka = kafka;
        this.postgres = postgres;
        this.s3 = s3;
        this.toClose = toClose;
    }

    /** Starts all three with new secrets on a folder of their own that is deleted on close. */
    public static EmbeddedServers startTemporary() {
        try {
            Path folder = Files.createTempDirectory("v2f-servers-");
            return start(folder, Secrets.hex(16), S3Credentials.generate(), List.of(() -> Folders.delete(folder)));
        } catch (IOException e) {
            throw new EmbeddedServerException("no temporary folder for the servers: " + e.getMessage(), e);
        }
    }

    /**
     * Starts all three.
     *
     * @param folder data are kept in its folders {@code kafka}, {@code postgres} and {@code s3}
     * @param databasePassword must be the same every time that the folder is used
     */
    public static EmbeddedServers start(Path folder, String databasePassword, S3Credentials credentials) {
        return start(folder, databasePassword, credentials, List.of());
    }

    private static EmbeddedServers start(
            Path folder, String databasePassword, S3Credentials credentials, List<AutoCloseable> afterwards) {
        CompletableFuture<EmbeddedKafka> kafka =
                CompletableFuture.supplyAsync(() -> EmbeddedKafka.start(folder.resolve("kafka"), 0), NEW_THREAD);
        CompletableFuture<EmbeddedPostgres> postgres = CompletableFuture.supplyAsync(
                () -> EmbeddedPostgres.start(folder.resolve("postgres"), 0, databasePassword), NEW_THREAD);
        CompletableFuture<EmbeddedS3> s3 =
                CompletableFuture.supplyAsync(() -> EmbeddedS3.start(folder.resolve("s3"), 0, credentials), NEW_THREAD);
        List<AutoCloseable> started = new ArrayList<>();
        CompletionException failure = null;
        for (CompletableFuture<? extends AutoCloseable> server : List.of(kafka, postgres, s3)) {
            try {
                started.add(server.join());
            } catch (CompletionException e) {
                failure = e;
            }
        }
        started.addAll(afterwards);
        if (failure != null) {
            closeAll(started);
            throw failure.getCause() instanceof EmbeddedServerException cause
                    ? cause
                    : new EmbeddedServerException("a server did not start: " + failure.getMessage(), failure);
        }
        return new EmbeddedServers(kafka.join(), postgres.join(), s3.join(), started);
    }

    public EmbeddedKafka kafka() {
        return kafka;
    }

    public EmbeddedPostgres postgres() {
        return postgres;
    }

    public EmbeddedS3 s3() {
        return s3;
    }

    /**
     * Quarkus configuration of a service that runs on these servers: broker, data source, S3.
     *
     * @param database {@link EmbeddedPostgres#GATEWAY} or {@link EmbeddedPostgres#STORAGE}
     */
    public Map<String, String> settings(String database) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("kafka.bootstrap.servers", kafka.bootstrapServers());
        settings.put("quarkus.datasource.jdbc.url", postgres.jdbcUrl(database));
        settings.put("quarkus.datasource.reactive.url", postgres.reactiveUrl(database));
        settings.put("quarkus.datasource.username", EmbeddedPostgres.USERNAME);
        settings.put("quarkus.datasource.password", postgres.password());
        settings.put("v2f.s3.endpoint", s3.endpoint().toString());
        settings.put("v2f.s3.public-endpoint", s3.endpoint().toString());
        settings.put("v2f.s3.region", EmbeddedS3.REGION);
        settings.put("v2f.s3.access-key", s3.credentials().accessKey());
        settings.put("v2f.s3.secret-key", s3.credentials().secretKey());
        // the servers log into the same process as the service under test
        for (String category : List.of("kafka", "org.apache.kafka", "state.change.logger", "org.gaul")) {
            settings.put("quarkus.log.category.\"" + category + "\".level", "WARN");
        }
        return settings;
    }

    @Override
    public void close() {
        closeAll(toClose);
    }

    private static void closeAll(List<AutoCloseable> servers) {
        EmbeddedServerException failure = null;
        for (AutoCloseable server : servers) {
            try {
                server.close();
            } catch (Exception e) {
                EmbeddedServerException current =
                        new EmbeddedServerException("an embedded server did not stop: " + e.getMessage(), e);
                if (failure == null) {
                    failure = current;
                } else {
                    failure.addSuppressed(current);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
