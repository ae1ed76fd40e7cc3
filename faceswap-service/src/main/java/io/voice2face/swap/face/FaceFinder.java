package io.voice2face.swap.face;

import java.util.List;

import org.opencv.core.Mat;

/** The two networks that tracking needs. Implementations need not be thread-safe. */
public interface FaceFinder extends AutoCloseable {
    /**
     * Faces of a picture, the surest first.
     *
     * @param bgr 8-bit BGR picture
     */
    List<FaceRegion> detect(Mat bgr);

    /**
     * Landmarks of the face in a region.
     *
     * @param bgr 8-bit BGR picture
     * @param region rotated square around the face
     * @param xyz receives 468 × (x, y, z) in pixels of the picture
     * @return probability 0..1 that there is a face in the region
     */
    float locate(Mat bgr, FaceRegion region, float[] xyz);

    @Override
    void close();
}
