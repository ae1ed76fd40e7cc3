package io.voice2face.gateway.domain;

import java.util.Optional;

import io.voice2face.contracts.event.ObjectRef;

/**
 * A swapped clip with its previews.
 *
 * @param clip mp4 for a video, GIF for a GIF, PNG for a still target
 * @param gif short animated preview; only of a video, where the request asked for one
 * @param poster still picture of the clip; empty for a still target
 * @param width width in pixels
 * @param height height in pixels
 * @param frames number of frames
 * @param durationSeconds length in seconds, 0 for a still target
 */
public record Clip(
        ObjectRef clip,
        Optional<ObjectRef> gif,
        Optional<ObjectRef> poster,
        int width,
        int height,
        int frames,
        double durationSeconds) {}
