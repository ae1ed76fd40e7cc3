package io.voice2face.swap.pipeline;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import io.voice2face.contracts.event.StageTiming;

/**
 * What a swap has made.
 *
 * @param clip the product
 * @param contentType {@code video/mp4}, {@code image/gif} or {@code image/png}
 * @param gif short preview; only of a video, where one was asked for
 * @param poster JPEG; empty for a still target
 * @param width pixels
 * @param height pixels
 * @param frames number of pictures
 * @param swappedFrames number of pictures in which a face was swapped
 * @param durationSeconds 0 for a still target
 * @param timings seconds that each stage was at work
 */
public record SwapOutcome(
        Path clip,
        String contentType,
        Optional<Path> gif,
        Optional<Path> poster,
        int width,
        int height,
        int frames,
        int swappedFrames,
        double durationSeconds,
        List<StageTiming> timings) {
    public SwapOutcome {
        timings = List.copyOf(timings);
    }
}
