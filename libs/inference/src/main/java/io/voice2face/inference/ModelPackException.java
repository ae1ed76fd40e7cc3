package io.voice2face.inference;

/** A model pack that cannot be used; the message says in one sentence what is wrong and in which file. */
public final class ModelPackException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ModelPackException(String message) {
        super(message);
    }

    public ModelPackException(String message, Throwable cause) {
        super(message, cause);
    }
}
