package io.voice2face.contracts.event;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;

/**
 * A stage has begun or moved on.
 *
 * @param variant variant that the stage works for; empty where it works for both
 * @param done units done (frames while swapping, steps otherwise)
 * @param total units in all, 0 where not known
 * @param remainingSeconds estimate of the time left in this stage
 */
public record JobProgressed(
        UUID requestId,
        UUID resultId,
        Optional<Variant> variant,
        Stage stage,
        long done,
        long total,
        OptionalDouble remainingSeconds,
        Instant at)
        implements MeshEvent {
    @Override
    public UUID subject() {
        return resultId;
    }

    @Override
    public String identity() {
        return resultId + "/" + variant.map(Variant::pathSegment).orElse("both") + "/" + stage + "/" + done + "/"
                + total;
    }
}
