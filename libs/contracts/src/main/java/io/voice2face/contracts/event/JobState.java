package io.voice2face.contracts.event;

/** States of a result and of the request that it belongs to. */
public enum JobState {
    QUEUED,
    ANALYSING,
    GENERATING,
    SWAPPING,
    STORING,
    /** Both variants have a face and a clip. */
    SUCCEEDED,
    /** There are pictures, but a clip failed. */
    PARTIAL,
    /** Our fault, after retries. */
    FAILED,
    /** The input's fault. */
    REJECTED,
    CANCELLED;

    /** True for the states that nothing leads out of. */
    public boolean isFinal() {
        return ordinal() >= SUCCEEDED.ordinal();
    }
}
