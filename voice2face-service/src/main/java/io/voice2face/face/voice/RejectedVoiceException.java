package io.voice2face.face.voice;

import java.util.Map;

/** The recording cannot be used; the job ends REJECTED, without a retry. */
public class RejectedVoiceException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final transient Map<String, Object> details;

    /**
     * @param reason code, see {@link io.voice2face.contracts.event.Reasons}
     * @param message sentence for the person
     * @param details values behind the message
     */
    public RejectedVoiceException(String reason, String message, Map<String, Object> details) {
        super(message);
        this.reason = reason;
        this.details = Map.copyOf(details);
    }

    public String reason() {
        return reason;
    }

    public Map<String, Object> details() {
        return details;
    }
}
