package io.voice2face.gateway.api.view;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Where a medium can be fetched. */
@Schema(description = "Where a medium can be fetched; the address answers 307 to a short-lived one.")
public record MediaLink(
        @Schema(examples = "/api/v1/requests/6f1d…/voice") String url,
        @Schema(examples = "audio/webm") String contentType) {}
