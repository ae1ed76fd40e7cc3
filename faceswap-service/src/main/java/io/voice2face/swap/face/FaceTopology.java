package io.voice2face.swap.face;

/**
 * What is the same for every face mesh: which landmarks form triangles, and where they lie on the canonical head.
 *
 * <p>The mesh is a disc without holes: eyes and mouth are covered by triangles too.
 */
public final class FaceTopology {
    /** Number of landmarks of a face mesh. */
    public static final int POINTS = 468;

    private final int[] triangles;
    private final float[] canonical;

    /**
     * Takes copies of the mesh data.
     *
     * @param triangles three landmark indices for each triangle
     * @param canonical x, y, z of each landmark of the canonical head in centimetres, y up, z towards the viewer
     */
    public FaceTopology(int[] triangles, float[] canonical) {
        if (triangles.length == 0 || triangles.length % 3 != 0) {
            throw new IllegalArgumentException("triangles must come in threes: " + triangles.length);
        }
        if (canonical.length != POINTS * 3) {
            throw new IllegalArgumentException("the canonical head must have 468 points: " + canonical.length / 3);
        }
        this.triangles = triangles.clone();
        this.canonical = canonical.clone();
    }

    /** Number of triangles. */
    public int triangleCount() {
        return triangles.length / 3;
    }

    /** Landmark index of one corner of a triangle. */
    public int corner(int triangle, int corner) {
        return triangles[triangle * 3 + corner];
    }

    /** Corner indices of all triangles, a copy. */
    public int[] corners() {
        return triangles.clone();
    }

    /** Canonical coordinate of a landmark; axis 0 is x, 1 is y (down, as in pictures), 2 is z (away from the viewer). */
    public float canonical(int point, int axis) {
        float value = canonical[point * 3 + axis];
        return axis == 0 ? value : -value;
    }
}
