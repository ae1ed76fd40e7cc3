package io.voice2face.storage.domain;

/** What was asked for cannot be done, and why. */
public final class StorageFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final String reason;

    /** What sort of fault it is; decides the HTTP status. */
    public enum Kind {
        INVALID(400),
        UNAUTHORISED(401),
        MISSING(404),
        CONFLICT(409),
        GONE(410),
        TOO_LARGE(413);

        private final int status;

        Kind(int status) {
            this.status = status;
        }

        /** HTTP status. */
        public int status() {
            return status;
        }
    }

    /**
     * @param reason snake_case code, see {@link io.voice2face.contracts.event.Reasons}
     * @param message sentence that says what and where
     */
    public StorageFault(Kind kind, String reason, String message) {
        super(message);
        this.kind = kind;
        this.reason = reason;
    }

    public Kind kind() {
        return kind;
    }

    public String reason() {
        return reason;
    }
}
