package io.voice2face.contracts.event;

/** Stages of a job, in the order in which a request goes through them. */
public enum Stage {
    ANALYSING,
    GENERATING,
    SWAPPING,
    STORING
}
