package io.voice2face.inference.swapper;

import java.util.List;

import org.opencv.core.Point;

import io.voice2face.inference.face.MeshLandmarks;

/**
 * The five points that alignment crops are fitted to, in pixels. Left and right are the picture's, not the person's, as
 * in the templates.
 */
public record FivePoints(Point leftEye, Point rightEye, Point nose, Point leftMouth, Point rightMouth) {
    private static final int[] LEFT_EYE = {33, 133, 159, 145};
    private static final int[] RIGHT_EYE = {362, 263, 386, 374};
    private static final int NOSE_TIP = 4;
    private static final int LEFT_MOUTH = 61;
    private static final int RIGHT_MOUTH = 291;

    /** From a mesh: eyes are the means of their corners and lids. */
    public static FivePoints of(MeshLandmarks mesh) {
        return new FivePoints(
                mean(mesh, LEFT_EYE),
                mean(mesh, RIGHT_EYE),
                mean(mesh, NOSE_TIP),
                mean(mesh, LEFT_MOUTH),
                mean(mesh, RIGHT_MOUTH));
    }

    private static Point mean(MeshLandmarks mesh, int... points) {
        double x = 0;
        double y = 0;
        for (int point : points) {
            x += mesh.x(point);
            y += mesh.y(point);
        }
        return new Point(x / points.length, y / points.length);
    }

    public List<Point> points() {
        return List.of(leftEye, rightEye, nose, leftMouth, rightMouth);
    }
}
