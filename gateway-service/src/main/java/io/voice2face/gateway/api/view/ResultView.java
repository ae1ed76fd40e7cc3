package io.voice2face.gateway.api.view;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.voice2face.contracts.event.JobState;
import io.voice2face.contracts.event.VoiceAnalysis;

/** One attempt at a request. */
@Schema(name = "Result", description = "One attempt at a request; later attempts never change earlier ones.")
public record ResultView(
        UUID id,
        UUID requestId,
        @Schema(description = "1 for the first") int attempt,
        JobState state,
        Instant createdAt,
        Optional<Instant> completedAt,
        @Schema(description = "what was heard in the voice") Optional<VoiceAnalysis> voiceAnalysis,
        VariantsView variants,
        Optional<SurveyView> survey,
        Optional<FailureView> failure) {}
