package io.voice2face.media;

import org.opencv.core.Mat;

/**
 * One picture of a clip. Whoever takes it releases it.
 *
 * @param bgr 8 bit, three channels, rotation applied
 * @param pts presentation time in ticks of the clip's time base
 * @param duration ticks until the next picture; 0 where the container does not say
 * @param ptsMicros presentation time in microseconds
 */
public record VideoFrame(Mat bgr, long pts, long duration, long ptsMicros) implements AutoCloseable {
    @Override
    public void close() {
        bgr.release();
    }
}
