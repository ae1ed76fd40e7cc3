package io.voice2face.contracts.event;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Gender that a face is made for. */
public enum Gender {
    @JsonProperty("female")
    FEMALE,
    @JsonProperty("male")
    MALE
}
