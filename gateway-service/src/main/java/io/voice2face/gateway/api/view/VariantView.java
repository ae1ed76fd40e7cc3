package io.voice2face.gateway.api.view;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.voice2face.contracts.event.Gender;
import io.voice2face.contracts.event.ModelUse;
import io.voice2face.contracts.event.StageTiming;
import io.voice2face.gateway.domain.VariantJob;

/** One of the two faces of a result and its clip. */
@Schema(name = "VariantProducts", description = "One of the two faces of a result, and the clip with it.")
public record VariantView(
        VariantJob.State state,
        @Schema(description = "age in years that the face was made for") OptionalInt age,
        @Schema(description = "gender that the face was made for") Optional<Gender> gender,
        Optional<MediaLink> face,
        Optional<ClipView> clip,
        @Schema(description = "short animated preview of a video, where the request asked for one")
                Optional<LinkOnly> gif,
        @Schema(description = "still picture of the clip") Optional<LinkOnly> poster,
        @Schema(description = "stars 1–5") OptionalInt rating,
        @Schema(description = "model packs that took part, and the execution provider that really ran each")
                List<ModelUse> models,
        List<StageTiming> timings,
        Optional<FailureView> failure) {}
