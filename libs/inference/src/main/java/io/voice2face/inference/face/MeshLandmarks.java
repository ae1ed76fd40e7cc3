package io.voice2face.inference.face;

/**
 * The 468 points of MediaPipe's face mesh in pixels of the picture; z has the same unit, smaller is nearer.
 *
 * <p>{@code points} is the array itself, not a copy: meshes are made for every frame and whoever makes one gives it
 * away.
 *
 * @param points x, y, z of point 0, of point 1, …
 * @param score 0–1, how sure the network is that it looked at a face
 */
public record MeshLandmarks(float[] points, double score) {
    public static final int COUNT = 468;
    /** Outer corners of the eyes: the person's right and left. */
    public static final int RIGHT_EYE_OUTER = 33;

    public static final int LEFT_EYE_OUTER = 263;

    public MeshLandmarks {
        if (points.length != COUNT * 3) {
            throw new IllegalArgumentException("a mesh has %d points, not %d".formatted(COUNT, points.length / 3));
        }
    }

    public float x(int point) {
        return points[3 * point];
    }

    public float y(int point) {
        return points[3 * point + 1];
    }

    public float z(int point) {
        return points[3 * point + 2];
    }

    /** Turn of the line through the outer corners of the eyes, radians, clockwise positive. */
    public double roll() {
        return Math.atan2(y(LEFT_EYE_OUTER) - y(RIGHT_EYE_OUTER), x(LEFT_EYE_OUTER) - x(RIGHT_EYE_OUTER));
    }

    /** Distance of the outer corners of the eyes in space, pixels. */
    public double eyeDistance() {
        double dx = x(LEFT_EYE_OUTER) - x(RIGHT_EYE_OUTER);
        double dy = y(LEFT_EYE_OUTER) - y(RIGHT_EYE_OUTER);
        double dz = z(LEFT_EYE_OUTER) - z(RIGHT_EYE_OUTER);
        return Math.sqrt(dx * dx + dy * dy + dz * dz);
    }
}
