package io.voice2face.storage.client;

import io.voice2face.contracts.Outage;

/** storage-service, or the object store behind it, did not do what was asked of it. */
public class StorageException extends RuntimeException implements Outage {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String reason;

    /**
     * @param status HTTP status, 0 where there was no answer
     * @param reason machine-readable reason, for example {@code object_missing}
     */
    public StorageException(int status, String reason, String message) {
        super(message);
        this.status = status;
        this.reason = reason;
    }

    public StorageException(int status, String reason, String message, Throwable cause) {
        super(message, cause);
        this.status = status;
        this.reason = reason;
    }

    /** HTTP status, 0 where there was no answer. */
    public int status() {
        return status;
    }

    /** Machine-readable reason, see {@link io.voice2face.contracts.event.Reasons}; {@code storage_unavailable} for an outage. */
    public String reason() {
        return reason;
    }

    /** True where asking again may help: no answer, or an answer of the 5xx family or 429. */
    public boolean isTransient() {
        return status == 0 || status >= 500 || status == 429;
    }

    /** The same as {@link #isTransient()}: a consumer waits for storage to come back. */
    @Override
    public boolean isOutage() {
        return isTransient();
    }
}
