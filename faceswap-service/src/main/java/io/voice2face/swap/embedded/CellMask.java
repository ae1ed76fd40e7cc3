package io.voice2face.swap.embedded;

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

/** A set of the layout's cells, and what makes the shapes in it those of things that lie before a face. */
final class CellMask implements AutoCloseable {
    private static final float CELLS = CellLayout.PER_EYE_DISTANCE;
    private static final float OUTER_RING = .14f;
    private static final float LEAST_AREA = .012f;
    private static final float LARGEST_HOLE = .12f;
    private static final float LEAST_OUTSIDE_EXPRESSION = .3f;
    /** Less will do of what lay before the face already: a microphone that is moved on to the mouth. */
    private static final float LEAST_OUTSIDE_OF_KNOWN = .06f;

    private static final float KNOWN_SHARE = .25f;

    private final CellLayout layout;
    private final int cells;
    private final boolean[] ring;
    private final boolean[] expression;
    private final byte[] bytes;
    private final int[] labelValues;
    private final Mat mask;
    private final Mat labels = new Mat();
    private final Mat statistics = new Mat();
    private final Mat centroids = new Mat();
    private final Mat small = ellipse(3);
    private final Mat wide = ellipse(9);
    /** Hands and microphones are solid: what is left open between their parts is the model's weakness. */
    private final Mat solid = ellipse(15);

    /**
     * @param expression cells that move with every expression
     */
    CellMask(CellLayout layout, boolean[] expression) {
        this.layout = layout;
        this.cells = layout.width * layout.height;
        this.expression = expression;
        this.bytes = new byte[cells];
        this.labelValues = new int[cells];
        this.mask = Mat.zeros(layout.height, layout.width, CvType.CV_8U);
        this.ring = ring();
    }

    private static Mat ellipse(int side) {
        return Imgproc.getStructuringElement(Imgproc.MORPH_ELLIPSE, new Size(side, side));
    }

    /** Cells along the inner side of the oval's outline. */
    private boolean[] ring() {
        Point[] outline = new Point[FaceRegions.OVAL.size()];
        for (int i = 0; i < outline.length; i++) {
            int point = FaceRegions.OVAL.point(i);
            outline[i] = new Point(layout.points[point * 2], layout.points[point * 2 + 1]);
        }
        MatOfPoint oval = new MatOfPoint(outline);
        Mat inside = Mat.zeros(layout.height, layout.width, CvType.CV_8U);
        Imgproc.fillPoly(inside, List.of(oval), new Scalar(255));
        Mat distance = new Mat();
        Imgproc.distanceTransform(inside, distance, Imgproc.DIST_L2, Imgproc.DIST_MASK_PRECISE);
        float[] values = new float[cells];
        distance.get(0, 0, values);
        boolean[] result = new boolean[cells];
        for (int i = 0; i < cells; i++) {
            result[i] = values[i] > 0 && values[i] < OUTER_RING * CELLS;
        }
        List.of(oval, inside, distance).forEach(Mat::release);
        return result;
    }

    boolean contains(int cell) {
        return bytes[cell] != 0;
    }

    /** Those cells whose value is above the level, and no others. */
    void setAbove(float[] plane, float level) {
        for (int i = 0; i < cells; i++) {
            bytes[i] = (byte) (plane[i] > level ? 255 : 0);
        }
        mask.put(0, 0, bytes);
    }

    /** Those cells whose value is above the level as well. */
    void addAbove(float[] plane, float level) {
        for (int i = 0; i < cells; i++) {
            bytes[i] = (byte) (bytes[i] != 0 || plane[i] > level ? 255 : 0);
        }
        mask.put(0, 0, bytes);
    }

    void removeSpecks() {
        reshape(Imgproc.MORPH_OPEN, small);
    }

    void joinParts() {
        reshape(Imgproc.MORPH_CLOSE, wide);
    }

    void joinSolid() {
        reshape(Imgproc.MORPH_CLOSE, solid);
    }

    void widen() {
        reshape(Imgproc.MORPH_DILATE, small);
    }

    private void reshape(int operation, Mat kernel) {
        Imgproc.morphologyEx(mask, mask, operation, kernel);
        mask.get(0, 0, bytes);
    }

    /**
     * Leaves the components that can be occluders; true where there is one.
     *
     * @param moving a rim of hair or background inside the ring alone, that differs from the frames before, is the
     *     mesh's error and no occluder; known by its colour it is hair
     * @param before 0..1 per cell, what lay before the face in the last frame
     */
    boolean keepOccluders(boolean moving, float[] before) {
        int count = Imgproc.connectedComponentsWithStats(mask, labels, statistics, centroids, 8, CvType.CV_32S);
        labels.get(0, 0, labelValues);
        int[] area = new int[count];
        int[] outer = new int[count];
        int[] still = new int[count];
        int[] known = new int[count];
        for (int i = 0; i < cells; i++) {
            int label = labelValues[i];
            area[label]++;
            outer[label] += ring[i] ? 1 : 0;
            still[label] += expression[i] ? 0 : 1;
            known[label] += before[i] > .5f ? 1 : 0;
        }
        boolean any = false;
        boolean[] kept = new boolean[count];
        for (int label = 1; label < count; label++) {
            float least = known[label] > KNOWN_SHARE * area[label] ? LEAST_OUTSIDE_OF_KNOWN : LEAST_OUTSIDE_EXPRESSION;
            kept[label] = area[label] >= LEAST_AREA * CELLS * CELLS
                    && outer[label] > 3
                    && still[label] >= least * area[label]
                    && (!moving || outer[label] < .92f * area[label]);
            any |= kept[label];
        }
        for (int i = 0; i < cells; i++) {
            bytes[i] = (byte) (kept[labelValues[i]] ? 255 : 0);
        }
        mask.put(0, 0, bytes);
        return any;
    }

    /** Leaves the components that share a cell with others, 1 in the plane. */
    void keepTouching(float[] plane) {
        int count = Imgproc.connectedComponentsWithStats(mask, labels, statistics, centroids, 8, CvType.CV_32S);
        labels.get(0, 0, labelValues);
        boolean[] kept = new boolean[count];
        for (int i = 0; i < cells; i++) {
            kept[labelValues[i]] |= labelValues[i] != 0 && plane[i] > .5f;
        }
        for (int i = 0; i < cells; i++) {
            bytes[i] = (byte) (kept[labelValues[i]] ? 255 : 0);
        }
        mask.put(0, 0, bytes);
    }

    /** Eyes under a hand differ from what is usual too little to be found: what an occluder encloses belongs to it. */
    void fillHoles() {
        Core.bitwise_not(mask, mask);
        int count = Imgproc.connectedComponentsWithStats(mask, labels, statistics, centroids, 4, CvType.CV_32S);
        labels.get(0, 0, labelValues);
        int[] area = new int[count];
        boolean[] open = new boolean[count];
        for (int i = 0; i < cells; i++) {
            int x = i % layout.width;
            area[labelValues[i]]++;
            open[labelValues[i]] |= x == 0 || x == layout.width - 1 || i < layout.width || i >= cells - layout.width;
        }
        for (int i = 0; i < cells; i++) {
            int label = labelValues[i];
            boolean free = label != 0 && (open[label] || area[label] > LARGEST_HOLE * CELLS * CELLS);
            bytes[i] = (byte) (free ? 0 : 255);
        }
        mask.put(0, 0, bytes);
    }

    /** Grows by neighbours whose value reaches the level, at most so many cells far. */
    void grow(float[] plane, float level, int reach) {
        int before = 0;
        for (int pass = 0; pass < reach; pass++) {
            widen();
            int now = 0;
            for (int i = 0; i < cells; i++) {
                if (bytes[i] != 0 && plane[i] < level) {
                    bytes[i] = 0;
                }
                now += bytes[i] != 0 ? 1 : 0;
            }
            mask.put(0, 0, bytes);
            if (now == before) {
                return;
            }
            before = now;
        }
    }

    @Override
    public void close() {
        List.of(mask, labels, statistics, centroids, small, wide, solid).forEach(Mat::release);
    }
}
