package io.voice2face.swap.health;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

import io.voice2face.contracts.event.ModelUse;
import io.voice2face.messaging.WorkerPool;
import io.voice2face.swap.FaceSwapper;

/** Says which models swap and where they run, and how much work there is. */
@Readiness
@ApplicationScoped
public class SwapperReady implements HealthCheck {
    private final FaceSwapper swapper;
    private final WorkerPool workers;

    SwapperReady(FaceSwapper swapper, WorkerPool workers) {
        this.swapper = swapper;
        this.workers = workers;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("face swapper").up();
        for (ModelUse model : swapper.models()) {
            response.withData(model.kind(), model.id() + " " + model.version() + " on " + model.provider());
        }
        if (!swapper.fallbacks().isEmpty()) {
            response.withData("fallback", String.join("; ", swapper.fallbacks()));
        }
        return response.withData("active", workers.active())
                .withData("waiting", workers.waiting())
                .build();
    }
}
