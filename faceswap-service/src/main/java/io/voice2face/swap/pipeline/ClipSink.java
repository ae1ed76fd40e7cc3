package io.voice2face.swap.pipeline;

import java.nio.file.Path;

import io.voice2face.media.GifWriter;
import io.voice2face.media.VideoWriter;

/** The product itself: an mp4 or a GIF with the target's times. */
final class ClipSink {
    private ClipSink() {}

    static FrameSink mp4(Path file, VideoWriter.Settings settings) {
        VideoWriter writer = VideoWriter.open(file, settings);
        return new FrameSink() {
            @Override
            public void write(Frame frame) {
                writer.write(frame.bgr, frame.coded, frame.changed, frame.pts, frame.duration);
            }

            @Override
            public void finish() {
                writer.finish();
            }

            @Override
            public void close() {
                writer.close();
            }
        };
    }

    static FrameSink gif(Path file, int width, int height, int loops) {
        GifWriter writer = GifWriter.open(file, width, height, loops);
        return new FrameSink() {
            @Override
            public void write(Frame frame) {
                writer.write(frame.bgr, frame.alpha, frame.pts, frame.duration);
            }

            @Override
            public void finish() {
                writer.finish();
            }

            @Override
            public void close() {
                writer.close();
            }
        };
    }
}
