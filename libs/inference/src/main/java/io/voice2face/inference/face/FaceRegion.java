package io.voice2face.inference.face;

import org.opencv.core.Point;

/**
 * The turned square of a picture that the mesh network looks at.
 *
 * @param centreX pixels
 * @param centreY pixels
 * @param side pixels
 * @param roll radians, clockwise positive: the face's own upright
 */
public record FaceRegion(double centreX, double centreY, double side, double roll) {
    /** How much larger than the face the network wants its square. */
    static final double MARGIN = 1.5;

    public static FaceRegion of(DetectedFace face) {
        Point centre = face.centre();
        return new FaceRegion(centre.x, centre.y, Math.max(face.width(), face.height()) * MARGIN, face.roll());
    }

    /** The region to look at in the next frame, from the mesh of this one. */
    public static FaceRegion of(MeshLandmarks mesh) {
        double roll = mesh.roll();
        double cos = Math.cos(roll);
        double sin = Math.sin(roll);
        double minU = Double.MAX_VALUE;
        double maxU = -Double.MAX_VALUE;
        double minV = Double.MAX_VALUE;
        double maxV = -Double.MAX_VALUE;
        for (int i = 0; i < MeshLandmarks.COUNT; i++) {
            double u = cos * mesh.x(i) + sin * mesh.y(i);
            double v = -sin * mesh.x(i) + cos * mesh.y(i);
            minU = Math.min(minU, u);
            maxU = Math.max(maxU, u);
            minV = Math.min(minV, v);
            maxV = Math.max(maxV, v);
        }
        double u = (minU + maxU) / 2;
        double v = (minV + maxV) / 2;
        return new FaceRegion(cos * u - sin * v, sin * u + cos * v, Math.max(maxU - minU, maxV - minV) * MARGIN, roll);
    }
}
