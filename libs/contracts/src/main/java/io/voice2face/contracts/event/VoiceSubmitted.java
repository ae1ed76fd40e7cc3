package io.voice2face.contracts.event;

import java.time.Instant;
import java.util.OptionalInt;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;

/**
 * A voice waits for its faces. Sent by gateway-service for a new request and for every further attempt at it.
 *
 * @param attempt 1 for the first result of the request, 2 for the first regeneration, …; varies the drawn faces
 * @param voice the recording as it was uploaded
 * @param age stated age in years, 18–100
 * @param gender stated gender
 * @param skinTone wished skin tone on the Monk scale 1–10, empty to let the identity decide
 * @param target where the faces go
 * @param gifPreview whether a short GIF is to be made beside the clip of a video; false where the JSON does not say
 */
public record VoiceSubmitted(
        UUID requestId,
        UUID resultId,
        int attempt,
        ObjectRef voice,
        int age,
        Gender gender,
        OptionalInt skinTone,
        Target target,
        @JsonSetter(nulls = Nulls.AS_EMPTY) boolean gifPreview,
        Instant submittedAt)
        implements MeshEvent {
    @Override
    public UUID subject() {
        return resultId;
    }

    @Override
    public String identity() {
        return resultId.toString();
    }
}
