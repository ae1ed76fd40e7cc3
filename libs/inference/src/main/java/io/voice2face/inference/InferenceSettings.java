package io.voice2face.inference;

/**
 * How sessions are made.
 *
 * @param provider what is asked for
 * @param threads per run of one graph on the CPU, at least 1
 */
public record InferenceSettings(ExecutionProvider provider, int threads) {
    public InferenceSettings {
        if (threads < 1) {
            throw new IllegalArgumentException("inference threads must be at least 1, not " + threads);
        }
    }

    public static InferenceSettings cpu() {
        return new InferenceSettings(ExecutionProvider.CPU, 1);
    }
}
