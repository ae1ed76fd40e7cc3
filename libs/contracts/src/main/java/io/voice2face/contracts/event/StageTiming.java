package io.voice2face.contracts.event;

/**
 * Time that a step took.
 *
 * @param step name of the step, for example {@code decode}, {@code vad}, {@code generate}, {@code swap}, {@code encode}
 * @param seconds wall-clock seconds
 */
public record StageTiming(String step, double seconds) {}
