package io.voice2face.swap.pipeline;

import java.util.OptionalDouble;

/** Hears how far a swap is; called from the encoding thread after each frame, must not block. */
@FunctionalInterface
public interface ProgressListener {
    /**
     * @param done frames that are encoded
     * @param total frames expected in all, an estimate, never below {@code done}; 0 where not known
     * @param remainingSeconds estimate from the speed so far
     */
    void progressed(long done, long total, OptionalDouble remainingSeconds);
}
