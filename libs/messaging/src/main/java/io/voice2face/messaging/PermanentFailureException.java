package io.voice2face.messaging;

/** The event can never be processed: no retry, at once to the dead-letter topic with the message as the reason. */
public class PermanentFailureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PermanentFailureException(String reason) {
        super(reason);
    }

    public PermanentFailureException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
