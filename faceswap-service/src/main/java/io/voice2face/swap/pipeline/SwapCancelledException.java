package io.voice2face.swap.pipeline;

/** The work was stopped because nobody wants its product any more. */
public final class SwapCancelledException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SwapCancelledException() {
        super("the swap was cancelled");
    }
}
