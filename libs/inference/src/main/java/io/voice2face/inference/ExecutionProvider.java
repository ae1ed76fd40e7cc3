package io.voice2face.inference;

/** Where graphs run. */
public enum ExecutionProvider {
    /** CUDA where it works, else the CPU. */
    AUTO,
    CPU,
    /** CUDA; where it does not work the CPU is used and the reason is kept for all to see. */
    CUDA;

    /** The lower-case name, as in configuration, metrics and results. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
