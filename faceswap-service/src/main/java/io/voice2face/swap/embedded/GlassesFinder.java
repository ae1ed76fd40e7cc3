package io.voice2face.swap.embedded;

import java.util.Arrays;
import java.util.List;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

import io.voice2face.swap.face.FaceRegions;

/**
 * Finds the frame of glasses: thin lines darker than both their sides. A face has such lines of its own at lids, brows
 * and wrinkles, but none that crosses the bridge of the nose and goes on below both eyes and to both temples.
 */
final class GlassesFinder implements AutoCloseable {
    private static final float CELLS = CellLayout.PER_EYE_DISTANCE;

    /** Depth, in ln(luma), of the line across the bridge of the nose; frowns reach .55, harsh shadows the same. */
    private static final float BRIDGE = .6f;

    private static final float TEMPLE = .3f;
    /** Glasses that were there in the last frame are believed at this share of the evidence. */
    private static final float KEPT_SHARE = .6f;

    private static final float LINE_SHARE = .16f;
    private static final float LEAST_LINE = .15f;
    private static final float OVER_BROW_SHARE = .5f;

    private final CellLayout layout;
    private final Mat plane;
    private final Mat closed = new Mat();
    private final Mat kernel = Imgproc.getStructuringElement(Imgproc.MORPH_ELLIPSE, new Size(7, 7));
    private final Mat small = Imgproc.getStructuringElement(Imgproc.MORPH_RECT, new Size(3, 3));
    /** Eyes, which have lines of their own. */
    private final boolean[] eyes;

    private final boolean[] brows;
    private final float[] depth;
    private final float[] lines;
    private final int[] queue;
    private final float[] columns = new float[256];
    private boolean worn;

    GlassesFinder(CellLayout layout) {
        this.layout = layout;
        int n = layout.width * layout.height;
        this.plane = new Mat(layout.height, layout.width, CvType.CV_32F);
        this.depth = new float[n];
        this.lines = new float[n];
        this.queue = new int[n];
        this.eyes = layout.cellsOf(.05f, List.of(FaceRegions.LEFT_EYE, FaceRegions.RIGHT_EYE));
        this.brows = layout.cellsOf(0, List.of(FaceRegions.LEFT_BROW, FaceRegions.RIGHT_BROW));
    }

    /**
     * Looks at one frame.
     *
     * @param luma ln(luma) per cell
     * @param seen 0..1, how well a cell is seen
     * @return 0..1 per cell, the frame of the glasses; the same array in every call
     */
    float[] find(float[] luma, float[] seen) {
        plane.put(0, 0, luma);
        Imgproc.morphologyEx(plane, closed, Imgproc.MORPH_CLOSE, kernel);
        Core.subtract(closed, plane, closed);
        closed.get(0, 0, depth);
        for (int i = 0; i < depth.length; i++) {
            depth[i] = seen[i] > .25f ? depth[i] : 0;
        }
        Arrays.fill(lines, 0);
        float bridge = bridge();
        float left = left();
        float right = right();
        float temple = Math.max(left, right);
        float lesser = Math.min(left, right);
        float share = worn ? KEPT_SHARE : 1;
        worn = bridge > BRIDGE * share && temple > TEMPLE * share && lesser > .5f * TEMPLE * share;
        if (worn) {
            trace(Math.max(LEAST_LINE, LINE_SHARE * bridge), OVER_BROW_SHARE * bridge);
        }
        return lines;
    }

    /** How much darker a cell of the last frame was than what lies on both its sides, in ln(luma): thin things alone. */
    float[] depth() {
        return depth;
    }

    private float bridge() {
        float eyeLine = eyeLine();
        return across(
                at(133, 0) + .1f * CELLS, at(362, 0) - .1f * CELLS, eyeLine - .2f * CELLS, eyeLine + .14f * CELLS);
    }

    private float left() {
        float eyeLine = eyeLine();
        return across(
                at(127, 0) + .05f * CELLS, at(33, 0) - .08f * CELLS, eyeLine - .28f * CELLS, eyeLine + .1f * CELLS);
    }

    private float right() {
        float eyeLine = eyeLine();
        return across(
                at(263, 0) + .08f * CELLS, at(356, 0) - .05f * CELLS, eyeLine - .28f * CELLS, eyeLine + .1f * CELLS);
    }

    private float eyeLine() {
        return (at(33, 1) + at(133, 1) + at(263, 1) + at(362, 1)) / 4;
    }

    private float at(int point, int axis) {
        return layout.points[point * 2 + axis];
    }

    /** How dark a line is that runs through all columns of a box: the lower quartile of the columns' darkest. */
    private float across(float left, float right, float top, float bottom) {
        int count = 0;
        for (int x = Math.round(left); x <= Math.round(right) && count < columns.length; x++) {
            float most = 0;
            for (int y = Math.round(top); y <= Math.round(bottom); y++) {
                most = Math.max(most, depth[y * layout.width + x]);
            }
            columns[count++] = most;
        }
        Arrays.sort(columns, 0, count);
        return count == 0 ? 0 : columns[count / 4];
    }

    /** Follows the lines from the bridge of the nose, around the eyes and on to the temples. */
    private void trace(float least, float overBrow) {
        int top = Math.max(1, Math.round(eyeLine() - .42f * CELLS));
        int bottom = Math.min(layout.height - 2, Math.round(eyeLine() + .5f * CELLS));
        int tail = 0;
        for (int y = Math.round(eyeLine() - .2f * CELLS); y <= eyeLine() + .14f * CELLS; y++) {
            for (int x = Math.round(at(133, 0) + .1f * CELLS); x <= at(362, 0) - .1f * CELLS; x++) {
                tail = visit(y * layout.width + x, 2.5f * least, overBrow, tail);
            }
        }
        for (int head = 0; head < tail; head++) {
            int i = queue[head];
            for (int dy = -1; dy <= 1; dy++) {
                for (int dx = -1; dx <= 1; dx++) {
                    int x = i % layout.width + dx;
                    int y = i / layout.width + dy;
                    if (x > 0 && x < layout.width - 1 && y >= top && y <= bottom) {
                        tail = visit(y * layout.width + x, least, overBrow, tail);
                    }
                }
            }
        }
        plane.put(0, 0, lines);
        Imgproc.dilate(plane, plane, small);
        Imgproc.GaussianBlur(plane, plane, new Size(0, 0), .7);
        plane.get(0, 0, lines);
    }

    private int visit(int i, float least, float overBrow, int tail) {
        if (lines[i] > 0 || depth[i] < least || eyes[i] || brows[i] && depth[i] < overBrow) {
            return tail;
        }
        lines[i] = 1;
        queue[tail] = i;
        return tail + 1;
    }

    @Override
    public void close() {
        plane.release();
        closed.release();
        kernel.release();
        small.release();
    }
}
