package io.voice2face.inference.swapper;

import java.util.List;

import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Point;
import org.opencv.core.Scalar;

import io.voice2face.media.OpenCv;

/** Points and pictures whose alignment crops are known to the pixel. */
final class Faces {
    private Faces() {}

    /** Points whose crop is the square of this side at (x, y), neither turned nor scaled. */
    static FivePoints at(WarpTemplate template, int side, int x, int y) {
        List<Point> points = template.points(side).stream()
                .map(p -> new Point(p.x + x, p.y + y))
                .toList();
        return new FivePoints(points.get(0), points.get(1), points.get(2), points.get(3), points.get(4));
    }

    /** Each pixel of a colour of its own. */
    static Mat pattern(int width, int height) {
        OpenCv.load();
        Mat bgr = new Mat(height, width, CvType.CV_8UC3);
        byte[] bytes = new byte[width * height * 3];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 73 + i / 31 * 11);
        }
        bgr.put(0, 0, bytes);
        return bgr;
    }

    static Mat flat(int width, int height, int red, int green, int blue) {
        OpenCv.load();
        return new Mat(height, width, CvType.CV_8UC3, new Scalar(blue, green, red));
    }
}
