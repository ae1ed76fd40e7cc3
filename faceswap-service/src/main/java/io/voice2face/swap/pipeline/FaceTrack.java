package io.voice2face.swap.pipeline;

import java.util.List;

import org.opencv.core.Mat;

import io.voice2face.swap.face.TrackedFace;

/** Where the faces of one target are, picture by picture, for one job. From one thread at a time. */
interface FaceTrack extends AutoCloseable {
    /**
     * Faces of the next picture. What is returned may be shared with other jobs and must not be changed.
     *
     * @param index position in the clip: 0, then one more each time
     * @param bgr the picture, 8-bit BGR
     * @param step seconds since the picture before, above 0
     */
    List<TrackedFace> faces(long index, Mat bgr, float step);

    /** Says that no picture follows. */
    void complete();

    @Override
    void close();
}
