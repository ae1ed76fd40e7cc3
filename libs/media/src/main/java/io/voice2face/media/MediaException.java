package io.voice2face.media;

/** Media that cannot be used, by the media's own fault: a reason for machines and a sentence for the person. */
public final class MediaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    /**
     * @param reason one of {@link io.voice2face.contracts.event.Reasons}
     * @param sentence what is wrong, for the person who sent the media
     */
    public MediaException(String reason, String sentence) {
        super(sentence);
        this.reason = reason;
    }

    public MediaException(String reason, String sentence, Throwable cause) {
        super(sentence, cause);
        this.reason = reason;
    }

    /** One of {@link io.voice2face.contracts.event.Reasons}. */
    public String reason() {
        return reason;
    }
}
