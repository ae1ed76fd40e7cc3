package io.voice2face.messaging;

/** Something that a handler needs is not there at the moment: retried for as long as the outage patience lasts. */
public class OutageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public OutageException(String message, Throwable cause) {
        super(message, cause);
    }
}
