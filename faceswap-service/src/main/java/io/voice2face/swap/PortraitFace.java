package io.voice2face.swap;

import java.util.List;

import org.opencv.core.Mat;

import io.voice2face.swap.FaceSwapper.NoFaceException;
import io.voice2face.swap.face.FaceFinder;
import io.voice2face.swap.face.FaceRegion;
import io.voice2face.swap.face.FaceTopology;

/** Finds the one face of a portrait; thread-safe by a lock around the networks. */
public final class PortraitFace implements AutoCloseable {
    private static final float SURE_ENOUGH = .5f;
    /** The first region is only a box: the mesh is looked for again in the region it suggests. */
    private static final int MORE_PASSES = 2;

    private final FaceFinder finder;

    public PortraitFace(FaceFinder finder) {
        this.finder = finder;
    }

    /**
     * The landmarks of the surest face.
     *
     * @param bgr 8-bit BGR
     * @return 468 × (x, y, z) in pixels
     */
    public float[] locate(Mat bgr) throws NoFaceException {
        float[] xyz = new float[FaceTopology.POINTS * 3];
        synchronized (finder) {
            List<FaceRegion> found = finder.detect(bgr);
            if (found.isEmpty()) {
                throw new NoFaceException("no face was found in the portrait");
            }
            float score = finder.locate(bgr, found.get(0), xyz);
            for (int pass = 0; pass < MORE_PASSES; pass++) {
                score = finder.locate(bgr, FaceRegion.around(xyz), xyz);
            }
            if (score < SURE_ENOUGH) {
                throw new NoFaceException("no face was found in the portrait");
            }
        }
        return xyz;
    }

    /**
     * Landmarks in a region that is known to hold the face.
     *
     * @param bgr 8-bit BGR
     * @param xyz receives 468 × (x, y, z) in pixels
     */
    public void locate(Mat bgr, FaceRegion region, float[] xyz) {
        synchronized (finder) {
            finder.locate(bgr, region, xyz);
        }
    }

    @Override
    public void close() {
        finder.close();
    }
}
