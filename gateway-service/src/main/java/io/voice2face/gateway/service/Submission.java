package io.voice2face.gateway.service;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

import io.voice2face.contracts.event.Gender;

/**
 * What a person sends for a new request, already checked.
 *
 * @param voice spooled recording
 * @param age stated age in years, 18–100
 * @param skinTone Monk scale 1–10
 * @param gifPreview whether a short GIF is wished beside the clip of a video
 */
public record Submission(
        Path voice,
        int age,
        Gender gender,
        OptionalInt skinTone,
        boolean gifPreview,
        WantedTarget target,
        Optional<String> idempotencyKey) {

    /** Where the faces go. */
    public sealed interface WantedTarget {
        /** A built-in clip. */
        record BuiltIn(String templateId) implements WantedTarget {}

        /** The person's own clip or picture, spooled. */
        record Own(Path file) implements WantedTarget {}
    }
}
