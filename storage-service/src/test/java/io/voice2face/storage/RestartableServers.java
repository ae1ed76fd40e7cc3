package io.voice2face.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.voice2face.embedded.EmbeddedKafka;
import io.voice2face.embedded.EmbeddedPostgres;
import io.voice2face.embedded.EmbeddedS3;
import io.voice2face.embedded.S3Credentials;

/** Servers that go down one at a time and come back on the same port with the same data. */
public class RestartableServers implements QuarkusTestResourceLifecycleManager {
    private static final String PASSWORD = "password-of-the-tests";

    private final S3Credentials credentials = S3Credentials.generate();
    private Path folder;
    private EmbeddedKafka kafka;
    private EmbeddedPostgres postgres;
    private EmbeddedS3 s3;
    private int s3Port;

    @Override
    public Map<String, String> start() {
        try {
            folder = Files.createTempDirectory("v2f-outage-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        postgres = EmbeddedPostgres.start(folder.resolve("postgres"), 0, PASSWORD);
        s3 = EmbeddedS3.start(folder.resolve("s3"), 0, credentials);
        s3Port = s3.endpoint().getPort();
        Map<String, String> settings = new HashMap<>();
        settings.put("kafka.bootstrap.servers", kafka.bootstrapServers());
        settings.put("quarkus.datasource.jdbc.url", postgres.jdbcUrl(EmbeddedPostgres.STORAGE));
        settings.put("quarkus.datasource.reactive.url", postgres.reactiveUrl(EmbeddedPostgres.STORAGE));
        settings.put("quarkus.datasource.username", EmbeddedPostgres.USERNAME);
        settings.put("quarkus.datasource.password", PASSWORD);
        settings.put("v2f.s3.endpoint", s3.endpoint().toString());
        settings.put("v2f.s3.region", EmbeddedS3.REGION);
        settings.put("v2f.s3.access-key", credentials.accessKey());
        settings.put("v2f.s3.secret-key", credentials.secretKey());
        settings.put("v2f.service-token", Servers.TOKEN);
        settings.put("v2f.messaging.retry.max-attempts", "2");
        settings.put("v2f.messaging.retry.max-delay", "500ms");
        settings.put("quarkus.http.test-port", "0");
        return settings;
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(this, new TestInjector.MatchesType(RestartableServers.class));
    }

    void stopPostgres() {
        postgres.close();
    }

    void startPostgres() {
        postgres = EmbeddedPostgres.start(folder.resolve("postgres"), postgres.port(), PASSWORD);
    }

    void stopS3() {
        s3.close();
    }

    void startS3() {
        s3 = EmbeddedS3.start(folder.resolve("s3"), s3Port, credentials);
    }

    void stopKafka() {
        kafka.close();
    }

    void startKafka() {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), kafka.port());
    }

    @Override
    public void stop() {
        if (s3 != null) {
            s3.close();
            postgres.close();
            kafka.close();
        }
    }
}
