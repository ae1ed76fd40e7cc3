package io.voice2face.gateway.api.view;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.voice2face.contracts.event.Stage;
import io.voice2face.contracts.event.Variant;
import io.voice2face.gateway.domain.Progress;

/** How far the stage that is under way has come. */
@Schema(name = "Progress", description = "How far the stage that is under way has come.")
public record ProgressView(
        UUID resultId,
        Stage stage,
        @Schema(description = "null where the stage works for both") Optional<Variant> variant,
        @Schema(description = "frames while swapping, steps otherwise") long done,
        @Schema(description = "0 where not known") long total,
        @Schema(description = "estimate for this stage") OptionalDouble remainingSeconds) {
    /** View of a progress. */
    public static ProgressView of(Progress progress) {
        return new ProgressView(
                progress.resultId(),
                progress.stage(),
                progress.variant(),
                progress.done(),
                progress.total(),
                progress.remainingSeconds());
    }
}
