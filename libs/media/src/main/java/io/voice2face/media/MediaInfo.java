package io.voice2face.media;

import java.time.Duration;
import java.util.Optional;

/** What a file is, as far as its headers tell. */
public sealed interface MediaInfo {

    /** The media type, such as {@code video/mp4}. */
    String contentType();

    /** A single picture; width and height in pixels as shown, EXIF orientation applied. */
    record Still(String contentType, int width, int height) implements MediaInfo {}

    /**
     * A GIF, of one frame or more.
     *
     * @param duration one pass through all frames, with the delays browsers use
     * @param loops how often the animation plays: 0 for ever, 1 once
     */
    record AnimatedGif(String contentType, int width, int height, int frames, Duration duration, int loops)
            implements MediaInfo {}

    /**
     * A clip; the picture stream is the one FFmpeg ranks best.
     *
     * @param width pixels as shown, rotation applied
     * @param height pixels as shown, rotation applied
     * @param quarterTurns how often the coded picture is turned clockwise by 90° for showing, 0–3
     * @param framesPerSecond the average rate; the distances between frames may vary
     * @param duration absent where the container does not say (browser recordings)
     * @param frames absent where the container does not say
     * @param audioStreams number of sound streams
     */
    record Video(
            String contentType,
            int width,
            int height,
            int quarterTurns,
            double framesPerSecond,
            Optional<Duration> duration,
            Optional<Long> frames,
            String codec,
            int audioStreams)
            implements MediaInfo {}

    /** Sound without pictures. */
    record Audio(String contentType, String codec, int sampleRate, int channels, Optional<Duration> duration)
            implements MediaInfo {}
}
