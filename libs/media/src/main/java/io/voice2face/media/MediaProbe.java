package io.voice2face.media;

import java.nio.file.Path;
import java.time.Duration;

import org.bytedeco.ffmpeg.avformat.AVStream;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;

/** Says what a file is, from its headers; nothing is decoded but what FFmpeg needs to know a stream's parameters. */
public final class MediaProbe {
    private MediaProbe() {}

    /**
     * @throws MediaException {@code unreadable_target}, {@code unsupported_target}, {@code broken_target},
     *     {@code target_too_large}, {@code target_too_long}
     */
    public static MediaInfo probe(Path file, VisualLimits limits) {
        MediaFile checked = MediaFile.check(file, limits.maxBytes(), Faults.TARGET);
        if (checked.format().isStill()) {
            StillHeader header = StillHeader.read(checked, limits);
            return new MediaInfo.Still(checked.format().contentType(), header.shownWidth(), header.shownHeight());
        }
        if (checked.format() == MediaFormat.GIF) {
            return describe(GifStructure.read(checked, limits));
        }
        if (checked.format() == MediaFormat.MP4 || checked.format() == MediaFormat.MATROSKA) {
            ContainerStructure.requireWhole(checked);
            try (MediaInput input = MediaInput.open(checked, limits, Faults.TARGET)) {
                if (input.best(AVMEDIA_TYPE_VIDEO).isEmpty()) {
                    return audio(input);
                }
            }
            try (VideoReader reader = VideoReader.open(checked, limits)) {
                return reader.info();
            }
        }
        try (MediaInput input = MediaInput.open(checked, limits, Faults.TARGET)) {
            return audio(input);
        }
    }

    static MediaInfo.AnimatedGif describe(GifStructure gif) {
        return new MediaInfo.AnimatedGif(
                "image/gif",
                gif.width(),
                gif.height(),
                gif.frames(),
                Duration.ofMillis(gif.centiseconds() * 10),
                gif.loops());
    }

    private static MediaInfo audio(MediaInput input) {
        AVStream stream = input.best(AVMEDIA_TYPE_AUDIO)
                .orElseThrow(() -> Faults.TARGET.unsupported("neither pictures nor sound"));
        String type =
                switch (input.file().format()) {
                    case MP4 -> "audio/mp4";
                    case MATROSKA -> "audio/webm";
                    default -> input.file().format().contentType();
                };
        return new MediaInfo.Audio(
                type,
                avcodec_get_name(stream.codecpar().codec_id()).getString(),
                stream.codecpar().sample_rate(),
                stream.codecpar().ch_layout().nb_channels(),
                input.declaredMicros().map(m -> Duration.ofNanos(m * 1000)));
    }
}
