package io.voice2face.gateway.service;

import java.util.Optional;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.voice2face.contracts.event.Gender;

/**
 * A built-in target clip, as {@code templates/templates.json} lists it.
 *
 * @param width width in pixels
 * @param height height in pixels
 * @param seconds length
 * @param attribution where it comes from
 */
public record Template(
        String id,
        Name name,
        Gender gender,
        int width,
        int height,
        double fps,
        double seconds,
        Optional<String> attribution) {
    /** Name in the page's languages. */
    @Schema(name = "TemplateName")
    public record Name(String en, String ko) {}
}
