package io.voice2face.gateway.api.view;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.voice2face.contracts.event.Gender;
import io.voice2face.contracts.event.JobState;

/** One voice with age, gender and a target, and every attempt at it. */
@Schema(name = "Request", description = "One voice with age, gender and a target, and every attempt at it.")
public record RequestView(
        UUID id,
        @Schema(description = "state of the latest result") JobState state,
        Instant createdAt,
        Instant updatedAt,
        int age,
        Gender gender,
        @Schema(description = "Monk scale 1–10") OptionalInt skinTone,
        @Schema(description = "a short GIF was asked for beside the clip of a video") boolean gifPreview,
        TargetView target,
        MediaLink voice,
        Optional<ProgressView> progress,
        @Schema(description = "why the latest result ended without success") Optional<FailureView> failure,
        @Schema(description = "in the order of the attempts") List<ResultView> results,
        UUID latestResultId) {}
