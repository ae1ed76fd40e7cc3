package io.voice2face.gateway.api.view;

import java.util.Map;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.voice2face.gateway.domain.Failure;

/** Why something ended without its product. */
@Schema(name = "Failure")
public record FailureView(
        @Schema(description = "code that a program can branch on", examples = "no_speech") String reason,
        @Schema(description = "sentence for the person", examples = "No speech was found in the recording.")
                String message,
        @Schema(description = "values behind the message") Map<String, Object> details) {
    /** View of a failure. */
    public static FailureView of(Failure failure) {
        return new FailureView(failure.reason(), failure.message(), failure.details());
    }
}
