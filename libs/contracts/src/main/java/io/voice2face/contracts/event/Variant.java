package io.voice2face.contracts.event;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The two faces of a result. */
public enum Variant {
    /** The face comes from the voice alone. */
    @JsonProperty("voice")
    VOICE("voice"),
    /** The face comes from the stated age and gender alone. */
    @JsonProperty("condition")
    CONDITION("condition");

    private final String pathSegment;

    Variant(String pathSegment) {
        this.pathSegment = pathSegment;
    }

    /** Name in JSON, object keys and URLs. */
    public String pathSegment() {
        return pathSegment;
    }
}
