package io.voice2face.inference;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a model pack is for, under the names of {@code model.yaml}. */
public enum ModelKind {
    VOICE_ACTIVITY_DETECTOR("voice-activity-detector"),
    VOICE_ANALYSER("voice-analyser"),
    FACE_GENERATOR("face-generator"),
    VOICE_TO_FACE("voice-to-face", "front-end", "legacy-48khz"),
    FACE_DETECTOR("face-detector", "decoder", "channels", "minimumScore", "mean", "std"),
    FACE_LANDMARKER("face-landmarker", "mean", "std"),
    FACE_MESH("face-mesh"),
    IDENTITY_ENCODER("identity-encoder", "template", "mean", "std"),
    EMBEDDING_CONVERTER("embedding-converter"),
    FACE_SWAPPER("face-swapper", "template", "mean", "std", "output"),
    FACE_PARSER("face-parser", "regions", "mean", "std"),
    OCCLUDER("occluder", "mean", "std"),
    ENHANCER("enhancer", "template", "mean", "std", "output", "weight");

    /** What every manifest may say; {@code source} is where weights come from, or a swapper's kind of source. */
    private static final List<String> COMMON =
            List.of("id", "version", "kind", "licence", "source", "file", "sha256", "size", "inputs", "outputs");

    private final String label;
    private final Set<String> keys;

    ModelKind(String label, String... keys) {
        this.label = label;
        this.keys = Set.of(keys);
    }

    /** Whether a manifest of this kind may have a key. */
    boolean knows(String key) {
        return COMMON.contains(key) || keys.contains(key);
    }

    /** The keys that a manifest of this kind may have, in the order they are usually written. */
    String keys() {
        return Stream.concat(COMMON.stream(), keys.stream().sorted()).collect(Collectors.joining(", "));
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
