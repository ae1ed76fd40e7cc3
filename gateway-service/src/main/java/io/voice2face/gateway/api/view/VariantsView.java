package io.voice2face.gateway.api.view;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Both variants. */
@Schema(name = "Variants")
public record VariantsView(
        @Schema(description = "the face that comes from the voice alone") VariantView voice,
        @Schema(description = "the face that comes from the stated age and gender alone") VariantView condition) {}
