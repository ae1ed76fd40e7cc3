package io.voice2face.face.health;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.Test;

import io.voice2face.face.config.FaceServiceSettings;
import io.voice2face.face.models.FaceModels;

import static org.assertj.core.api.Assertions.assertThat;

class ModelsHealthTest {
    /** CUDA on a machine that most probably has none. */
    record Cuda() implements FaceServiceSettings.Inference {
        @Override
        public String provider() {
            return "cuda";
        }

        @Override
        public int threads() {
            return 1;
        }

        @Override
        public Optional<Path> modelsFolder() {
            return Optional.empty();
        }
    }

    @Test
    void healthSaysWhatEachModelReallyRunsOnAndWhyItIsNotCuda() {
        FaceModels models = new FaceModels(new Cuda());

        HealthCheckResponse health = new ModelsHealth(models).call();

        Map<String, Object> data = health.getData().orElseThrow();
        String used = models.faceGenerator().use().provider();
        assertThat(health.getStatus()).isEqualTo(HealthCheckResponse.Status.UP);
        assertThat(data)
                .containsKeys("voice-activity-detector", "voice-analyser", "face-generator", "embedding-converter");
        assertThat((String) data.get("face-generator"))
                .contains("v2f-face-generator")
                .contains(" on " + used);
        if (used.equals("cpu")) {
            assertThat((String) data.get("face-generator")).contains("instead of cuda: ");
        }
    }
}
