package io.voice2face.contracts.event;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A result has reached its end. Sent by gateway-service; workers stop what they do for a result that is
 * {@link JobState#CANCELLED}.
 *
 * @param state one of the final states
 * @param reason reason code of a state other than SUCCEEDED
 * @param media what the result holds; readable through the gateway's API only
 */
public record RequestCompleted(
        UUID requestId,
        UUID resultId,
        JobState state,
        Optional<String> reason,
        List<VariantMedia> media,
        Instant completedAt)
        implements MeshEvent {

    /** One object of a result. */
    public record VariantMedia(Variant variant, MediaKind kind, ObjectRef object) {}

    @Override
    public UUID subject() {
        return resultId;
    }

    @Override
    public String identity() {
        return resultId.toString();
    }
}
