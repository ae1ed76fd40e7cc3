package io.voice2face.gateway.api.view;

import java.util.Optional;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What the face goes into. */
@Schema(name = "Target", description = "What the face goes into.")
public record TargetView(Kind kind, Optional<String> templateId, String contentType, String url) {
    /** Whose it is. */
    @Schema(name = "TargetKind")
    public enum Kind {
        @com.fasterxml.jackson.annotation.JsonProperty("template")
        TEMPLATE,
        @com.fasterxml.jackson.annotation.JsonProperty("upload")
        UPLOAD
    }
}
