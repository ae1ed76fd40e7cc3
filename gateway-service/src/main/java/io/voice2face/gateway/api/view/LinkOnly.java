package io.voice2face.gateway.api.view;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Where a preview can be fetched. */
@Schema(name = "Preview")
public record LinkOnly(String url) {}
