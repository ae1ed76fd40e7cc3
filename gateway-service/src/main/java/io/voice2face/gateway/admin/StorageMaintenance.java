package io.voice2face.gateway.admin;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpMethod;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.ext.web.client.WebClient;
import io.voice2face.contracts.storage.StorageApi;
import io.voice2face.gateway.api.ApiProblem;
import io.voice2face.gateway.config.GatewayConfig;

/** Asks storage-service for its retention settings and scheduled jobs. */
@ApplicationScoped
public class StorageMaintenance {
    private static final long TIMEOUT_MILLIS = 30_000;

    private final WebClient http;
    private final GatewayConfig config;

    StorageMaintenance(Vertx vertx, GatewayConfig config) {
        this.http = WebClient.create(vertx);
        this.config = config;
    }

    /** JSON of {@link StorageApi.Maintenance}. */
    public Uni<String> state() {
        return call(HttpMethod.GET, StorageApi.MAINTENANCE);
    }

    /** Runs a job now; JSON of {@link StorageApi.MaintenanceJob}. */
    public Uni<String> run(String job) {
        if (!job.matches("[a-z]{1,20}")) {
            throw ApiProblem.notFound();
        }
        return call(HttpMethod.POST, StorageApi.MAINTENANCE + "/" + job + "/runs");
    }

    private Uni<String> call(HttpMethod method, String path) {
        return http.requestAbs(method, config.storage().url().resolve(path).toString())
                .bearerTokenAuthentication(config.serviceToken().orElse(""))
                .timeout(TIMEOUT_MILLIS)
                .send()
                .map(answer -> {
                    if (answer.statusCode() == 404) {
                        throw ApiProblem.notFound();
                    }
                    if (answer.statusCode() != 200) {
                        throw ApiProblem.of(
                                503, "storage_unavailable", "storage-service answered " + answer.statusCode() + ".");
                    }
                    return answer.bodyAsString();
                });
    }

    @PreDestroy
    void close() {
        http.close();
    }
}
