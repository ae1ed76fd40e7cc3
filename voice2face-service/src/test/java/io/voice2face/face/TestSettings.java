package io.voice2face.face;

import java.nio.file.Path;
import java.util.Optional;

import io.voice2face.face.config.FaceServiceSettings;

/** Settings for parts of the service that run without the rest of it. */
public final class TestSettings {
    private TestSettings() {}

    /** Models on the CPU, with an operator's folder or without. */
    public record OnCpu(Optional<Path> modelsFolder, int threads) implements FaceServiceSettings.Inference {
        public OnCpu(Optional<Path> modelsFolder) {
            this(modelsFolder, 2);
        }

        @Override
        public String provider() {
            return "cpu";
        }
    }

    /** The default limits. */
    public record DefaultLimits() implements FaceServiceSettings.Limits {
        @Override
        public double voiceSeconds() {
            return 120;
        }

        @Override
        public long voiceBytes() {
            return 32 << 20;
        }

        @Override
        public double minSpeechSeconds() {
            return 1.0;
        }
    }
}
