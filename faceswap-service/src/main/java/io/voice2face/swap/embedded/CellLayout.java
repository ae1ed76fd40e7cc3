package io.voice2face.swap.embedded;

import java.util.Arrays;
import java.util.List;

import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfInt;
import org.opencv.core.MatOfPoint;
import org.opencv.core.Point;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

import io.voice2face.swap.face.FaceRegions;
import io.voice2face.swap.face.FaceTopology;
import io.voice2face.swap.face.TrackedFace;

/**
 * The space in which light and occluders are compared: the source's own landmarks, laid on a grid of 48 cells per eye
 * distance. Every cell inside the mesh knows its triangle and its place in it, so that a frame's picture is brought into
 * the grid without searching.
 */
final class CellLayout {
    /** Cells per eye distance. */
    static final float PER_EYE_DISTANCE = 48;
    /** Room around the landmarks in eye distances. */
    private static final float MARGIN = .12f;

    final int width;
    final int height;
    /** Place of cell (0, 0) in the source picture, pixels. */
    final float originX;

    final float originY;
    /** Source pixels per cell. */
    final float pixelsPerCell;
    /** Landmarks in cells, x and y interleaved. */
    final float[] points = new float[FaceTopology.POINTS * 2];
    /** Corner landmarks of the triangle over each cell; −1 first where there is none. */
    final short[] corner0;

    final short[] corner1;
    final short[] corner2;
    /** Barycentric weights of the first two corners. */
    final float[] weight0;

    final float[] weight1;

    CellLayout(float[] xyz, FaceTopology topology) {
        float eyeDistance = TrackedFace.eyeDistance(xyz);
        float left = Float.MAX_VALUE;
        float top = Float.MAX_VALUE;
        float right = -Float.MAX_VALUE;
        float bottom = -Float.MAX_VALUE;
        for (int i = 0; i < xyz.length; i += 3) {
            left = Math.min(left, xyz[i]);
            right = Math.max(right, xyz[i]);
            top = Math.min(top, xyz[i + 1]);
            bottom = Math.max(bottom, xyz[i + 1]);
        }
        pixelsPerCell = eyeDistance / PER_EYE_DISTANCE;
        originX = left - MARGIN * eyeDistance;
        originY = top - MARGIN * eyeDistance;
        // an even size lets the light work on exact quarters of the grid
        width = even((right - left) / pixelsPerCell + 2 * MARGIN * PER_EYE_DISTANCE);
        height = even((bottom - top) / pixelsPerCell + 2 * MARGIN * PER_EYE_DISTANCE);
        for (int i = 0; i < FaceTopology.POINTS; i++) {
            points[i * 2] = (xyz[i * 3] - originX) / pixelsPerCell;
            points[i * 2 + 1] = (xyz[i * 3 + 1] - originY) / pixelsPerCell;
        }
        int cells = width * height;
        corner0 = new short[cells];
        corner1 = new short[cells];
        corner2 = new short[cells];
        weight0 = new float[cells];
        weight1 = new float[cells];
        Arrays.fill(corner0, (short) -1);
        for (int t = 0; t < topology.triangleCount(); t++) {
            lay(topology.corner(t, 0), topology.corner(t, 1), topology.corner(t, 2));
        }
    }

    /**
     * Cells of the convex hulls of regions.
     *
     * @param dilation by which each is widened, in eye distances
     */
    boolean[] cellsOf(float dilation, List<FaceRegions> regions) {
        Mat mask = Mat.zeros(height, width, CvType.CV_8U);
        for (FaceRegions region : regions) {
            Point[] outline = new Point[region.size()];
            for (int i = 0; i < outline.length; i++) {
                outline[i] = new Point(points[region.point(i) * 2], points[region.point(i) * 2 + 1]);
            }
            MatOfPoint all = new MatOfPoint(outline);
            MatOfInt order = new MatOfInt();
            Imgproc.convexHull(all, order);
            MatOfPoint hull = new MatOfPoint(
                    Arrays.stream(order.toArray()).mapToObj(i -> outline[i]).toArray(Point[]::new));
            Imgproc.fillConvexPoly(mask, hull, new Scalar(255));
            List.of(all, order, hull).forEach(Mat::release);
        }
        int radius = Math.round(dilation * PER_EYE_DISTANCE);
        if (radius > 0) {
            Mat kernel = Imgproc.getStructuringElement(Imgproc.MORPH_ELLIPSE, new Size(2 * radius + 1, 2 * radius + 1));
            Imgproc.dilate(mask, mask, kernel);
            kernel.release();
        }
        byte[] bytes = new byte[width * height];
        mask.get(0, 0, bytes);
        mask.release();
        boolean[] cells = new boolean[bytes.length];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = bytes[i] != 0;
        }
        return cells;
    }

    private static int even(float size) {
        return ((int) Math.ceil(size) + 1) / 2 * 2;
    }

    private void lay(int a, int b, int c) {
        float ax = points[a * 2];
        float ay = points[a * 2 + 1];
        float bx = points[b * 2];
        float by = points[b * 2 + 1];
        float cx = points[c * 2];
        float cy = points[c * 2 + 1];
        float area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
        if (Math.abs(area) < 1e-4f) {
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
                if (w0 >= -1e-3f && w1 >= -1e-3f && w2 >= -1e-3f) {
                    int i = y * width + x;
                    corner0[i] = (short) a;
                    corner1[i] = (short) b;
                    corner2[i] = (short) c;
                    weight0[i] = w0;
                    weight1[i] = w1;
                }
            }
        }
    }
}
