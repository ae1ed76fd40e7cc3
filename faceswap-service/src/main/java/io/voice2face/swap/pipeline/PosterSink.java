package io.voice2face.swap.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.opencv.core.Mat;

import io.voice2face.media.StillImage;

/** The first picture that shows the swap in full, or the one that comes closest, as a JPEG. */
final class PosterSink implements FrameSink {
    private static final float IN_FULL = .95f;
    private static final int QUALITY = 90;

    private final Path file;
    private final Mat best = new Mat();
    private float shown = -1;

    PosterSink(Path file) {
        this.file = file;
    }

    @Override
    public void write(Frame frame) {
        if (shown < IN_FULL && frame.swapped > shown) {
            frame.bgr.copyTo(best);
            shown = frame.swapped;
        }
    }

    @Override
    public void finish() {
        if (best.empty()) {
            return;
        }
        try {
            Files.write(file, StillImage.encodeJpeg(best, QUALITY));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        best.release();
    }
}
