package io.voice2face.gateway.config;

import java.io.IOException;
import java.time.Duration;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

import io.quarkus.runtime.Startup;
import io.vertx.mutiny.core.Vertx;
import io.voice2face.storage.client.StorageClient;
import io.voice2face.storage.client.WorkFolder;

/** Makes what stands between this service and what is stored. */
@ApplicationScoped
public class StorageAccess {
    /** A person waits for the answer: an outage is told, not sat out. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Files on their way in (the uploads-directory of application.yaml) and out (exports). */
    @Startup
    @Produces
    @Singleton
    WorkFolder transfers(GatewayConfig config) throws IOException {
        return WorkFolder.open(config.workFolder().resolve("transfers"));
    }

    @Produces
    @Singleton
    StorageClient storage(Vertx vertx, GatewayConfig config) {
        String token = config.serviceToken()
                .filter(value -> !value.isBlank())
                .orElseThrow(
                        () -> new IllegalStateException(
                                "v2f.service-token (V2F_SERVICE_TOKEN) is not set: the services need it to talk to one another"));
        return StorageClient.create(vertx, config.storage().url(), token, PATIENCE);
    }

    void close(@Disposes StorageClient client) {
        client.close();
    }
}
