package io.voice2face.swap.face;

/**
 * Square around a face.
 *
 * @param centreX centre in pixels
 * @param centreY centre in pixels
 * @param side length in pixels
 * @param roll radians, positive clockwise as seen: the direction from the left to the right eye
 */
public record FaceRegion(float centreX, float centreY, float side, float roll) {
    /** Region for the next frame: the landmarks' bounding box in the face's own axes, 1.5 × its longest side. */
    public static FaceRegion around(float[] xyz) {
        float roll = (float) Math.atan2(xyz[263 * 3 + 1] - xyz[33 * 3 + 1], xyz[263 * 3] - xyz[33 * 3]);
        float cos = (float) Math.cos(roll);
        float sin = (float) Math.sin(roll);
        float left = Float.MAX_VALUE;
        float right = -Float.MAX_VALUE;
        float top = Float.MAX_VALUE;
        float bottom = -Float.MAX_VALUE;
        for (int i = 0; i < xyz.length; i += 3) {
            float x = cos * xyz[i] + sin * xyz[i + 1];
            float y = -sin * xyz[i] + cos * xyz[i + 1];
            left = Math.min(left, x);
            right = Math.max(right, x);
            top = Math.min(top, y);
            bottom = Math.max(bottom, y);
        }
        float x = (left + right) / 2;
        float y = (top + bottom) / 2;
        return new FaceRegion(cos * x - sin * y, sin * x + cos * y, Math.max(right - left, bottom - top) * 1.5f, roll);
    }

    /** Intersection over union of the upright squares of two thirds of the side, which is about the face itself. */
    public float overlap(FaceRegion other) {
        float a = side / 3;
        float b = other.side / 3;
        float w = Math.min(centreX + a, other.centreX + b) - Math.max(centreX - a, other.centreX - b);
        float h = Math.min(centreY + a, other.centreY + b) - Math.max(centreY - a, other.centreY - b);
        if (w <= 0 || h <= 0) {
            return 0;
        }
        return w * h / (4 * a * a + 4 * b * b - w * h);
    }
}
