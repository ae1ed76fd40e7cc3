package io.voice2face.contracts.event;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A job, or one variant of it, has ended without its product.
 *
 * @param variant variant that failed; empty where the whole result did
 * @param stage stage that failed
 * @param fault whose fault it is
 * @param reason snake_case code that a program can branch on, for example {@code no_speech}; see {@link Reasons}
 * @param message sentence for the person
 * @param details values behind the message, for example {@code {"speechSeconds": 0.4}}
 */
public record JobFailed(
        UUID requestId,
        UUID resultId,
        Optional<Variant> variant,
        Stage stage,
        Fault fault,
        String reason,
        String message,
        Map<String, Object> details,
        Instant failedAt)
        implements MeshEvent {

    /** Whose fault a failure is. */
    public enum Fault {
        /** The input cannot be used: the job ends REJECTED. */
        INPUT,
        /** We failed, after retries: the job ends FAILED or PARTIAL. */
        SYSTEM
    }

    @Override
    public UUID subject() {
        return resultId;
    }

    @Override
    public String identity() {
        return resultId + "/" + variant.map(Variant::pathSegment).orElse("both") + "/" + stage;
    }
}
