package io.voice2face.storage.health;

import java.time.Duration;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import io.voice2face.storage.objectstore.ObjectStore;

/** Ready only with the bucket; says what is missing. */
@Readiness
@ApplicationScoped
class BucketReadiness implements AsyncHealthCheck {
    private final ObjectStore store;

    BucketReadiness(ObjectStore store) {
        this.store = store;
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        HealthCheckResponseBuilder answer = HealthCheckResponse.named("object store")
                .withData("endpoint", store.endpoint().toString())
                .withData("bucket", store.bucket());
        return store.hasBucket()
                .ifNoItem()
                .after(Duration.ofSeconds(5))
                .fail()
                .map(present -> present
                        ? answer.up().build()
                        : answer.down().withData("missing", "the bucket").build())
                .onFailure()
                .recoverWithItem(failure -> answer.down()
                        .withData("missing", String.valueOf(failure.getMessage()))
                        .build());
    }
}
