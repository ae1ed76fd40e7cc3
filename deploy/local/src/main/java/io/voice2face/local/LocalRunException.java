package io.voice2face.local;

/** The local run cannot go on; the message is one sentence for the person, with the remedy where there is one. */
final class LocalRunException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LocalRunException(String message) {
        super(message);
    }

    LocalRunException(String message, Throwable cause) {
        super(message, cause);
    }
}
