package io.voice2face.media;

import java.nio.file.Path;
import java.util.Optional;

import org.opencv.core.Mat;

/**
 * Pictures of a GIF, each composed as it is shown; transparent places are white in the colours. Timestamps are in hundredths of a
 * second. A GIF that is cut off is found before the first picture is given.
 */
public final class GifReader implements AutoCloseable {
    private final GifStructure structure;
    private final VideoReader pictures;

    private GifReader(GifStructure structure, VideoReader pictures) {
        this.structure = structure;
        this.pictures = pictures;
    }

    /**
     * @throws MediaException {@code unreadable_target}, {@code unsupported_target}, {@code broken_target},
     *     {@code target_too_large}, {@code target_too_long}
     */
    public static GifReader open(Path file, VisualLimits limits) {
        OpenCv.load();
        Ffmpeg.load();
        MediaFile checked = MediaFile.check(file, limits.maxBytes(), Faults.TARGET);
        if (checked.format() != MediaFormat.GIF) {
            throw Faults.TARGET.unsupported(checked.format().contentType() + " is not a GIF");
        }
        GifStructure structure = GifStructure.read(checked, limits);
        return new GifReader(structure, VideoReader.open(checked, limits));
    }

    public MediaInfo.AnimatedGif info() {
        return MediaProbe.describe(structure);
    }

    public int width() {
        return pictures.width();
    }

    public int height() {
        return pictures.height();
    }

    public int frames() {
        return structure.frames();
    }

    /** How often the animation plays: 0 for ever, 1 once. */
    public int loops() {
        return structure.loops();
    }

    /** The next picture in a Mat of its own, times in hundredths of a second; empty at the end. */
    public Optional<VideoFrame> next() {
        return pictures.next();
    }

    /** Reads the next picture into {@code bgr}; false at the end. */
    public boolean read(Mat bgr) {
        return pictures.read(bgr);
    }

    /**
     * Reads the next picture and what is transparent in it; false at the end.
     *
     * @param alpha gets 8 bits of one channel, 0 transparent to 255 opaque; empty where the picture is opaque
     */
    public boolean read(Mat bgr, Mat alpha) {
        return pictures.read(bgr, alpha);
    }

    /** Time of the picture last read, hundredths of a second. */
    public long pts() {
        return pictures.pts();
    }

    /** How long the picture last read is shown, hundredths of a second. */
    public long duration() {
        return pictures.duration();
    }

    @Override
    public void close() {
        pictures.close();
    }
}
