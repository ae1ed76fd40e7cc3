package io.voice2face.contracts.event;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;

/**
 * A face picture is in storage. Sent by voice2face-service, once for each variant.
 *
 * @param face the picture, PNG 512×512
 * @param age age in years that the face was made for
 * @param gender gender that the face was made for
 * @param skinTone skin tone that was asked for, Monk scale 1–10
 * @param analysis what was heard in the voice; the same for both variants
 * @param target where the face goes, passed on from {@link VoiceSubmitted}
 * @param gifPreview whether a short GIF is to be made beside the clip of a video, passed on as well; false where the JSON
 *     does not say
 */
public record FaceGenerated(
        UUID requestId,
        UUID resultId,
        Variant variant,
        ObjectRef face,
        int age,
        Gender gender,
        OptionalInt skinTone,
        Optional<VoiceAnalysis> analysis,
        Target target,
        @JsonSetter(nulls = Nulls.AS_EMPTY) boolean gifPreview,
        List<ModelUse> models,
        List<StageTiming> timings,
        Instant generatedAt)
        implements MeshEvent {
    @Override
    public UUID subject() {
        return resultId;
    }

    @Override
    public String identity() {
        return resultId + "/" + variant;
    }
}
