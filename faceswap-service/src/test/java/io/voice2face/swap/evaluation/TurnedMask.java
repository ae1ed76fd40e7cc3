package io.voice2face.swap.evaluation;

import java.util.Arrays;
import java.util.List;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfPoint;
import org.opencv.core.Point;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

import io.voice2face.swap.face.FaceRegions;
import io.voice2face.swap.face.FaceTopology;

/** The face of a still, turned about the axis of its neck: as far as a clip of a generated face cannot turn. */
final class TurnedMask {
    /** The axis lies behind the face, in eye distances of depth. */
    private static final double AXIS = .75;

    private TurnedMask() {}

    /**
     * Draws the turned face over what the frame shows.
     *
     * @param picture 8-bit BGR still that the landmarks belong to
     * @param xyz landmarks, pixels
     * @param angle radians about the vertical axis
     * @param frame of the picture's size; becomes the still with the turned face in it
     */
    static void draw(Mat picture, float[] xyz, FaceTopology topology, double angle, Mat frame) {
        behind(picture, xyz, frame);
        int width = frame.cols();
        int height = frame.rows();
        float[] turned = turn(xyz, angle);
        float[] depth = new float[width * height];
        Arrays.fill(depth, Float.MAX_VALUE);
        float[] places = new float[width * height * 2];
        Arrays.fill(places, -1);
        for (int t = 0; t < topology.triangleCount(); t++) {
            fill(
                    xyz,
                    turned,
                    topology.corner(t, 0),
                    topology.corner(t, 1),
                    topology.corner(t, 2),
                    depth,
                    places,
                    width,
                    height);
        }
        Mat map = new Mat(height, width, CvType.CV_32FC2);
        map.put(0, 0, places);
        Mat face = new Mat();
        Imgproc.remap(picture, face, map, new Mat(), Imgproc.INTER_LINEAR, Core.BORDER_CONSTANT, new Scalar(0));
        byte[] there = new byte[width * height];
        for (int i = 0; i < there.length; i++) {
            there[i] = (byte) (places[i * 2] >= 0 ? 255 : 0);
        }
        Mat mask = new Mat(height, width, CvType.CV_8U);
        mask.put(0, 0, there);
        Imgproc.morphologyEx(
                mask,
                mask,
                Imgproc.MORPH_OPEN,
                Imgproc.getStructuringElement(Imgproc.MORPH_RECT, new Size(3, 3)),
                new Point(-1, -1));
        face.copyTo(frame, mask);
        map.release();
        face.release();
        mask.release();
    }

    /** The still without its face: there is only the colour of its skin left. */
    private static void behind(Mat picture, float[] xyz, Mat frame) {
        Point[] outline = new Point[FaceRegions.OVAL.size()];
        for (int i = 0; i < outline.length; i++) {
            outline[i] = new Point(xyz[FaceRegions.OVAL.point(i) * 3], xyz[FaceRegions.OVAL.point(i) * 3 + 1]);
        }
        MatOfPoint oval = new MatOfPoint(outline);
        Mat inside = Mat.zeros(picture.size(), CvType.CV_8U);
        Imgproc.fillPoly(inside, List.of(oval), new Scalar(255));
        picture.copyTo(frame);
        frame.setTo(Core.mean(picture, inside), inside);
        Mat smooth = new Mat();
        Imgproc.GaussianBlur(frame, smooth, new Size(0, 0), 12);
        Imgproc.dilate(inside, inside, Imgproc.getStructuringElement(Imgproc.MORPH_ELLIPSE, new Size(15, 15)));
        smooth.copyTo(frame, inside);
        List.of(oval, inside, smooth).forEach(Mat::release);
    }

    private static float[] turn(float[] xyz, double angle) {
        double eye = Math.hypot(xyz[263 * 3] - xyz[33 * 3], xyz[263 * 3 + 1] - xyz[33 * 3 + 1]);
        double cx = xyz[168 * 3];
        double cz = xyz[168 * 3 + 2] + AXIS * eye;
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        float[] turned = xyz.clone();
        for (int i = 0; i < xyz.length; i += 3) {
            double x = xyz[i] - cx;
            double z = xyz[i + 2] - cz;
            turned[i] = (float) (cx + cos * x + sin * z);
            turned[i + 2] = (float) (cz - sin * x + cos * z);
        }
        return turned;
    }

    private static void fill(
            float[] from, float[] to, int a, int b, int c, float[] depth, float[] places, int width, int height) {
        float ax = to[a * 3];
        float ay = to[a * 3 + 1];
        float bx = to[b * 3];
        float by = to[b * 3 + 1];
        float cx = to[c * 3];
        float cy = to[c * 3 + 1];
        float area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
        if (Math.abs(area) < .5f) {
            return;
        }
        int x0 = Math.max(0, (int) Math.floor(Math.min(ax, Math.min(bx, cx))));
        int x1 = Math.min(width - 1, (int) Math.ceil(Math.max(ax, Math.max(bx, cx))));
        int y0 = Math.max(0, (int) Math.floor(Math.min(ay, Math.min(by, cy))));
        int y1 = Math.min(height - 1, (int) Math.ceil(Math.max(ay, Math.max(by, cy))));
        for (int y = y0; y <= y1; y++) {
            for (int x = x0; x <= x1; x++) {
                float w1 = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / area;
                float w2 = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / area;
                float w0 = 1 - w1 - w2;
                if (w0 < -1e-3f || w1 < -1e-3f || w2 < -1e-3f) {
                    continue;
                }
                int i = y * width + x;
                float z = w0 * to[a * 3 + 2] + w1 * to[b * 3 + 2] + w2 * to[c * 3 + 2];
                if (z < depth[i]) {
                    depth[i] = z;
                    places[i * 2] = w0 * from[a * 3] + w1 * from[b * 3] + w2 * from[c * 3];
                    places[i * 2 + 1] = w0 * from[a * 3 + 1] + w1 * from[b * 3 + 1] + w2 * from[c * 3 + 1];
                }
            }
        }
    }
}
