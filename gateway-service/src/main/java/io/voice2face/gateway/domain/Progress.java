package io.voice2face.gateway.domain;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;

import io.voice2face.contracts.event.JobProgressed;
import io.voice2face.contracts.event.Stage;
import io.voice2face.contracts.event.Variant;

/**
 * How far the stage that is under way has come.
 *
 * @param variant variant that it works for; empty where it works for both
 * @param done units done
 * @param total units in all, 0 where not known
 * @param remainingSeconds estimate of the time left in this stage
 */
public record Progress(
        UUID resultId, Stage stage, Optional<Variant> variant, long done, long total, OptionalDouble remainingSeconds) {

    /** What an event says. */
    public static Progress of(JobProgressed event) {
        return new Progress(
                event.resultId(),
                event.stage(),
                event.variant(),
                event.done(),
                event.total(),
                event.remainingSeconds());
    }

    /**
     * True where the same stage was already as far or farther: an event that was delivered again. Work that begins anew
     * says so with 0 units done.
     */
    public boolean isNotBeyond(Progress known) {
        return done > 0
                && done <= known.done
                && total == known.total
                && stage == known.stage
                && variant.equals(known.variant)
                && resultId.equals(known.resultId);
    }
}
