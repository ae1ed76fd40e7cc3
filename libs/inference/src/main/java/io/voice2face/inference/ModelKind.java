package io.voice2face.inference;

import java.util.Arrays;
import java.util.Optional;

/** What a model pack is for, under the names of {@code model.yaml}. */
public enum ModelKind {
    VOICE_ACTIVITY_DETECTOR("voice-activity-detector"),
    VOICE_ANALYSER("voice-analyser"),
    FACE_GENERATOR("face-generator"),
    VOICE_TO_FACE("voice-to-face"),
    FACE_DETECTOR("face-detector"),
    FACE_LANDMARKER("face-landmarker"),
    FACE_MESH("face-mesh"),
    IDENTITY_ENCODER("identity-encoder"),
    EMBEDDING_CONVERTER("embedding-converter"),
    FACE_SWAPPER("face-swapper"),
    FACE_PARSER("face-parser"),
    OCCLUDER("occluder"),
    ENHANCER("enhancer");

    private final String label;

    ModelKind(String label) {
        this.label = label;
    }

    /** The name in {@code model.yaml}. */
    public String label() {
        return label;
    }

    static Optional<ModelKind> of(String label) {
        return Arrays.stream(values()).filter(k -> k.label.equals(label)).findFirst();
    }

    static String labels() {
        return String.join(", ", Arrays.stream(values()).map(ModelKind::label).toList());
    }
}
