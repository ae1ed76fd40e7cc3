package io.voice2face.swap.pipeline;

import org.opencv.core.Mat;

import io.voice2face.media.CodedPicture;
import io.voice2face.media.GifReader;
import io.voice2face.media.TimeBase;
import io.voice2face.media.VideoReader;

/** Pictures of a target in order. Not thread-safe. */
interface FrameSource extends AutoCloseable {
    /**
     * Reads the next picture; false at the end.
     *
     * @param bgr gets 8-bit BGR
     * @param alpha gets what is transparent in it, empty for nothing
     * @param coded gets the same as it is coded, nothing for a GIF
     */
    boolean read(Mat bgr, Mat alpha, CodedPicture coded);

    /** Time of the picture last read, in ticks. */
    long pts();

    /** Length of the picture last read in ticks, 0 where not known. */
    long duration();

    TimeBase timeBase();

    /** Pictures expected in all, an estimate; 0 where not known. */
    long expectedFrames();

    @Override
    void close();

    /** A clip. */
    static FrameSource of(VideoReader reader) {
        return new FrameSource() {
            @Override
            public boolean read(Mat bgr, Mat alpha, CodedPicture coded) {
                return reader.read(bgr, coded);
            }

            @Override
            public long pts() {
                return reader.pts();
            }

            @Override
            public long duration() {
                return reader.duration();
            }

            @Override
            public TimeBase timeBase() {
                return reader.timeBase();
            }

            @Override
            public long expectedFrames() {
                return reader.expectedFrames();
            }

            @Override
            public void close() {
                reader.close();
            }
        };
    }

    /** A GIF; a tick is a hundredth of a second. */
    static FrameSource of(GifReader reader) {
        TimeBase hundredths = new TimeBase(1, 100);
        return new FrameSource() {
            @Override
            public boolean read(Mat bgr, Mat alpha, CodedPicture coded) {
                return reader.read(bgr, alpha);
            }

            @Override
            public long pts() {
                return reader.pts();
            }

            @Override
            public long duration() {
                return reader.duration();
            }

            @Override
            public TimeBase timeBase() {
                return hundredths;
            }

            @Override
            public long expectedFrames() {
                return reader.frames();
            }

            @Override
            public void close() {
                reader.close();
            }
        };
    }
}
