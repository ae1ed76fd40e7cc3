package io.voice2face.inference.face;

import java.util.List;

import org.opencv.core.Point;

/**
 * A face as BlazeFace sees it, in pixels.
 *
 * @param left may lie outside the picture, as may the other sides
 * @param keypoints right eye, left eye, tip of the nose, centre of the mouth, right ear, left ear
 * @param score 0–1
 */
public record DetectedFace(double left, double top, double right, double bottom, List<Point> keypoints, double score) {
    public DetectedFace {
        keypoints = List.copyOf(keypoints);
    }

    public double width() {
        return right - left;
    }

    public double height() {
        return bottom - top;
    }

    public Point centre() {
        return new Point((left + right) / 2, (top + bottom) / 2);
    }

    /** Turn of the line from the right to the left eye against the horizontal, radians, clockwise positive. */
    public double roll() {
        Point right = keypoints.get(0);
        Point left = keypoints.get(1);
        return Math.atan2(left.y - right.y, left.x - right.x);
    }

    /** Intersection over union of the boxes. */
    public double overlap(DetectedFace other) {
        double w = Math.min(right, other.right) - Math.max(left, other.left);
        double h = Math.min(bottom, other.bottom) - Math.max(top, other.top);
        if (w <= 0 || h <= 0) {
            return 0;
        }
        double both = w * h;
        return both / (width() * height() + other.width() * other.height() - both);
    }
}
