package io.voice2face.media;

import java.time.Duration;

/**
 * What a picture, GIF or clip may be; checked against headers before decoding and enforced again while decoding.
 *
 * @param maxWidth pixels
 * @param maxHeight pixels
 * @param maxPixels width × height of one frame
 * @param maxDuration of a clip or GIF
 * @param maxFrames of a clip or GIF
 * @param maxStreams streams of any kind in one container
 * @param maxBytes size of the file
 */
public record VisualLimits(
        int maxWidth,
        int maxHeight,
        long maxPixels,
        Duration maxDuration,
        long maxFrames,
        int maxStreams,
        long maxBytes) {

    /** 4096 × 4096, 12 megapixels, two minutes, 16 streams, 512 MiB. */
    public static VisualLimits defaults() {
        return new VisualLimits(4096, 4096, 12_000_000, Duration.ofMinutes(2), 15_000, 16, 512L << 20);
    }
}
