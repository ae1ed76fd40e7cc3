package io.voice2face.gateway.health;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

import io.voice2face.gateway.service.Templates;

/** Ready once the built-in clips are in storage, which says that storage-service is there as well. */
@Readiness
@ApplicationScoped
public class TemplatesInStorage implements HealthCheck {
    private final Templates templates;

    TemplatesInStorage(Templates templates) {
        this.templates = templates;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder check = HealthCheckResponse.named("templates in storage");
        return templates
                .trouble()
                .map(trouble -> check.down().withData("missing", trouble).build())
                .orElseGet(() -> check.up().build());
    }
}
