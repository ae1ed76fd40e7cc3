package io.voice2face.gateway.api.view;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A swapped clip. */
@Schema(name = "Clip", description = "A clip with the face in it: mp4 for a video, GIF for a GIF, PNG for a picture.")
public record ClipView(
        String url,
        @Schema(examples = "video/mp4") String contentType,
        @Schema(description = "pixels") int width,
        @Schema(description = "pixels") int height,
        int frames,
        @Schema(description = "seconds, 0 for a picture") double durationSeconds) {}
