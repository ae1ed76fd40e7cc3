package io.voice2face.media;

import java.time.Duration;

/**
 * What a recording may be.
 *
 * @param maxDuration decoding stops with {@code voice_too_long} as soon as more than this was decoded
 * @param maxBytes size of the file
 */
public record AudioLimits(Duration maxDuration, long maxBytes) {}
