package io.voice2face.contracts.event;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What an object is; retention is set by kind. */
public enum MediaKind {
    @JsonProperty("voice")
    VOICE,
    @JsonProperty("target")
    TARGET,
    @JsonProperty("face")
    FACE,
    @JsonProperty("clip")
    CLIP,
    /** Short animated preview of a clip. */
    @JsonProperty("gif")
    GIF,
    /** First good frame of a clip as a still picture. */
    @JsonProperty("poster")
    POSTER
}
