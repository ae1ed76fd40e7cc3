package io.voice2face.contracts.event;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A swapped clip is in storage. Sent by faceswap-service, once for each variant.
 *
 * @param clip mp4 for a video, GIF for a GIF, PNG for a still target
 * @param gif short animated preview; only of a video, where the request asked for one
 * @param poster still picture of the clip; empty for a still target
 * @param width width in pixels
 * @param height height in pixels
 * @param frames number of frames
 * @param swappedFrames number of frames in which a face was swapped
 * @param durationSeconds length in seconds, 0 for a still target
 */
public record VideoSwapped(
        UUID requestId,
        UUID resultId,
        Variant variant,
        ObjectRef clip,
        Optional<ObjectRef> gif,
        Optional<ObjectRef> poster,
        int width,
        int height,
        int frames,
        int swappedFrames,
        double durationSeconds,
        List<ModelUse> models,
        List<StageTiming> timings,
        Instant swappedAt)
        implements MeshEvent {
    @Override
    public UUID subject() {
        return resultId;
    }

    @Override
    public String identity() {
        return resultId + "/" + variant;
    }
}
