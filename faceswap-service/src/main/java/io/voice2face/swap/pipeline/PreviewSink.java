package io.voice2face.swap.pipeline;

import java.nio.file.Path;
import java.util.Optional;

import org.opencv.core.Mat;

import io.voice2face.media.GifWriter;
import io.voice2face.media.StillImage;

/** A short small GIF of a clip's beginning, about eight pictures a second. */
final class PreviewSink implements FrameSink {
    private static final double LONGEST_SECONDS = 3;
    private static final int LONGEST_SIDE = 280;
    private static final long STEP = 12;

    private final Path file;
    private Optional<GifWriter> writer = Optional.empty();
    private double origin;
    private long next;

    PreviewSink(Path file) {
        this.file = file;
    }

    @Override
    public void write(Frame frame) {
        if (frame.index == 0) {
            origin = frame.seconds;
        }
        double seconds = frame.seconds - origin;
        long time = Math.round(seconds * 100);
        if (seconds >= LONGEST_SECONDS || time < next) {
            return;
        }
        Mat small = StillImage.fitInto(frame.bgr, LONGEST_SIDE, LONGEST_SIDE);
        if (writer.isEmpty()) {
            writer = Optional.of(GifWriter.preview(file, small.cols(), small.rows()));
        }
        writer.get().write(small, time, STEP);
        small.release();
        next = time + STEP - 1;
    }

    @Override
    public void finish() {
        writer.ifPresent(GifWriter::finish);
    }

    @Override
    public void close() {
        writer.ifPresent(GifWriter::close);
    }
}
