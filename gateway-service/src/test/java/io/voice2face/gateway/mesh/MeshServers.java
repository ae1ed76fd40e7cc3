package io.voice2face.gateway.mesh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.voice2face.embedded.EmbeddedPostgres;

/** Starts the servers and storage-service before the gateway, and stops them after the tests. */
public class MeshServers implements QuarkusTestResourceLifecycleManager {
    /** E-mail of the operator's account. */
    public static final String OPERATOR = "ops@example.org";
    /** Password of the operator's account. */
    public static final String OPERATOR_PASSWORD = "operator-password";

    private Mesh mesh;
    private Issuer issuer;
    private Path folder;

    @Override
    public Map<String, String> start() {
        try {
            folder = Files.createTempDirectory("v2f-gateway-test-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String serviceToken = UUID.randomUUID().toString();
        mesh = Mesh.start(folder, serviceToken);
        issuer = new Issuer();
        Map<String, String> settings = new HashMap<>();
        settings.put("kafka.bootstrap.servers", mesh.bootstrapServers());
        settings.put("quarkus.datasource.jdbc.url", mesh.postgres().jdbcUrl(EmbeddedPostgres.GATEWAY));
        settings.put("quarkus.datasource.reactive.url", mesh.postgres().reactiveUrl(EmbeddedPostgres.GATEWAY));
        settings.put("quarkus.datasource.username", EmbeddedPostgres.USERNAME);
        settings.put("quarkus.datasource.password", mesh.postgres().password());
        settings.put("v2f.service-token", serviceToken);
        settings.put("v2f.storage.url", mesh.storageUrl().toString());
        settings.put("v2f.tokens.keys-folder", folder.resolve("keys").toString());
        settings.put("v2f.work-folder", folder.resolve("work").toString());
        settings.put("v2f.events.heartbeat", "PT1S");
        settings.put("v2f.limits.guests-per-hour", "100000");
        settings.put("v2f.limits.sign-ups-per-hour", "100000");
        settings.put("v2f.tokens.throttle-failures", "4");
        settings.put("v2f.tokens.keys-reload", "1s");
        settings.put("v2f.oidc.issuer", issuer.url());
        settings.put("v2f.oidc.audience", Issuer.AUDIENCE);
        settings.put("v2f.tokens.bcrypt-cost", "5");
        settings.put("v2f.webhooks.allow-private", "true");
        settings.put("v2f.webhooks.attempts", "3");
        settings.put("v2f.webhooks.back-off", "PT0.2S");
        settings.put("v2f.admin.email", OPERATOR);
        settings.put("v2f.admin.password", OPERATOR_PASSWORD);
        return settings;
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(mesh, new TestInjector.MatchesType(Mesh.class));
        injector.injectIntoFields(issuer, new TestInjector.MatchesType(Issuer.class));
    }

    @Override
    public void stop() {
        if (mesh != null) {
            mesh.close();
            issuer.close();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
