package io.voice2face.face.health;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

import io.voice2face.face.models.FaceModels;
import io.voice2face.inference.OnnxModel;

/** Which model packs are loaded and what they really run on. */
@Readiness
@ApplicationScoped
public class ModelsHealth implements HealthCheck {
    private final FaceModels models;

    ModelsHealth(FaceModels models) {
        this.models = models;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("models").up();
        for (OnnxModel model : models.all()) {
            String fallback = model.provider()
                    .reason()
                    .map(reason -> " instead of cuda: " + reason)
                    .orElse("");
            response.withData(
                    model.pack().kind().label(),
                    "%s %s on %s%s"
                            .formatted(
                                    model.pack().id(),
                                    model.pack().version(),
                                    model.provider().used().label(),
                                    fallback));
        }
        return response.build();
    }
}
