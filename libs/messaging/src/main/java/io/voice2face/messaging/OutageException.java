package io.voice2face.messaging;

import io.voice2face.contracts.Outage;

/** Something that a handler needs is not there at the moment: retried for as long as the outage patience lasts. */
public class OutageException extends RuntimeException implements Outage {
    private static final long serialVersionUID = 1L;

    public OutageException(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public boolean isOutage() {
        return true;
    }
}
