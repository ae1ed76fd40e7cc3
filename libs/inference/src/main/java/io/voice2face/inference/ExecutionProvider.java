package io.voice2face.inference;

/** Where graphs run. */
public enum ExecutionProvider {
    /** CUDA where it works, else the CPU. */
    AUTO,
    CPU,
    /** CUDA; where it does not work the CPU is used and the reason is kept for all to see. */
    CUDA;

    /**
     * From configuration.
     *
     * @throws IllegalArgumentException says what is known
     */
    public static ExecutionProvider of(String label) {
        for (ExecutionProvider provider : values()) {
            if (provider.label().equalsIgnoreCase(label)) {
                return provider;
            }
        }
        throw new IllegalArgumentException(
                "The execution provider \"" + label + "\" is not known: auto, cpu and cuda are.");
    }

    /** The lower-case name, as in configuration, metrics and results. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
