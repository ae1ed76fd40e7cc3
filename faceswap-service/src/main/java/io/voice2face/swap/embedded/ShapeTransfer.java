package io.voice2face.swap.embedded;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

import io.voice2face.swap.face.FaceRegions;
import io.voice2face.swap.face.FaceTopology;
import io.voice2face.swap.face.HeadPose;
import io.voice2face.swap.face.Smoothstep;

/**
 * Gives the target's head the proportions of the source: jaw, cheeks, nose and the places of eyes, brows and lips move,
 * how far lids and lips are open stays the target's. The picture is bent by a smooth field that ends in the hair and the
 * neck.
 */
final class ShapeTransfer implements AutoCloseable {
    private static final float STRENGTH = 1;
    /**
     * Mean move of all points in eye distances, at most. What another face has elsewhere adds up with what the landmark
     * network sees in its texture (about .015) to the landmark error of the result; beyond this, faces are bent further
     * than their likeness gains.
     */
    private static final float BUDGET = .0145f;

    private static final float ASIDE_SHARE = 1;
    /** More than once: what looks like a nod is seen by the landmark network in its depth as well. */
    private static final float NOD_SHARE = 2.5f;

    private static final float DEPTH_SHARE = .4f;
    private static final float LIMIT = .11f;
    private static final float REACH = .19f;
    private static final float NODES_PER_EYE_DISTANCE = 8;
    private static final int FINER = 4;
    /** Nodes on each side that cubic interpolation looks at. */
    private static final int NEIGHBOURS = 2;
    /** Moves in half pixels below which a node counts as at rest. */
    private static final float STILL = 1 / 32f;

    private static final float MARGIN = .31f;
    private static final float WIDENING = .15f;
    /** The mean shape of the target settles over this many frames; expression averages out of it. */
    private static final int MEMORY = 60;

    private static final FaceRegions[][] GROUPS = {
        {FaceRegions.OUTER_LIPS, FaceRegions.INNER_LIPS},
        {FaceRegions.LEFT_EYE},
        {FaceRegions.RIGHT_EYE},
        {FaceRegions.LEFT_BROW},
        {FaceRegions.RIGHT_BROW}
    };

    private final SourceFace source;
    private final int[] handles = chooseHandles();
    private final float[] shape = new float[FaceTopology.POINTS * 3];
    private final float[] mean = new float[FaceTopology.POINTS * 3];
    private final float[] moves = new float[FaceTopology.POINTS * 3];
    private int seen;

    private int columns;
    private int rows;
    private float originX;
    private float originY;
    private float spacing;
    private float[] forward = new float[0];
    private float[] inverse = new float[0];

    private final Mat nodes = new Mat();
    private final Mat finer = new Mat();
    private final Mat field = new Mat();
    private final Mat map = new Mat();
    private final Mat identity = new Mat();
    private final Mat twice = new Mat();
    private final Mat original = new Mat();

    ShapeTransfer(SourceFace source) {
        this.source = source;
    }

    private static int[] chooseHandles() {
        java.util.BitSet chosen = new java.util.BitSet(FaceTopology.POINTS);
        for (FaceRegions region : FaceRegions.values()) {
            for (int i = 0; i < region.size(); i++) {
                chosen.set(region.point(i));
            }
        }
        for (int i = 0; i < FaceTopology.POINTS; i += 9) {
            chosen.set(i);
        }
        return chosen.stream().toArray();
    }

    /**
     * Bends the frame and moves the landmarks with it, both in place.
     *
     * @param fade 0..1, how much of the change to apply
     * @param occlusion where things lie before the face: landmarks under them do not move
     * @param occluder the same, pixel by pixel: they are not bent
     * @return the part of the frame that may have changed
     */
    Rect apply(
            Mat frame,
            float[] xyz,
            HeadPose pose,
            float eyeDistance,
            float fade,
            TurnBalance.Lean lean,
            OcclusionModel occlusion,
            OccluderMask occluder) {
        learn(xyz, pose);
        if (fade < .02f) {
            return new Rect();
        }
        wish();
        scale(strength() * fade);
        lean(lean, fade);
        pose(pose.rotation(), eyeDistance);
        spare(occlusion);
        layGrid(xyz, eyeDistance);
        spread(xyz, eyeDistance);
        invert();
        Rect bent = bend(frame, occluder);
        moveLandmarks(xyz);
        return bent;
    }

    private void learn(float[] xyz, HeadPose pose) {
        SourcePreparation.unpose(xyz, pose, shape);
        // what is seen from the side says little about proportions
        float trust = 1 - Smoothstep.of(Math.abs(pose.yaw()), 15, 35);
        seen++;
        float rate = seen == 1 ? 1 : trust * Math.max(1f / seen, 1f / MEMORY);
        for (int i = 0; i < mean.length; i++) {
            mean[i] += rate * (shape[i] - mean[i]);
        }
    }

    private void wish() {
        for (int i = 0; i < moves.length; i++) {
            moves[i] = source.shape[i] - mean[i];
            if (i % 3 == 2) {
                moves[i] *= DEPTH_SHARE;
            }
        }
        for (FaceRegions[] group : GROUPS) {
            moveRigidly(group);
        }
        leaveOutTurns();
    }

    /**
     * Takes out of the moves what looks like a turn of the head: a longer nose and a lower mouth are seen as a nod, and
     * one side of a face that is wider as a look aside.
     */
    private void leaveOutTurns() {
        double z = meanDepth();
        double depth = 0;
        double aside = 0;
        double nod = 0;
        for (int i = 0; i < mean.length; i += 3) {
            double d = mean[i + 2] - z;
            depth += d * d;
            aside += d * moves[i];
            nod += d * moves[i + 1];
        }
        for (int i = 0; i < mean.length; i += 3) {
            double d = (mean[i + 2] - z) / depth;
            moves[i] -= ASIDE_SHARE * aside * d;
            moves[i + 1] -= NOD_SHARE * nod * d;
        }
    }

    /** As strong as it may be without moving the face's points by more than {@link #BUDGET} on average. */
    private float strength() {
        float sum = 0;
        for (int i = 0; i < moves.length; i += 3) {
            float length = STRENGTH * (float) Math.hypot(moves[i], moves[i + 1]);
            sum += LIMIT * (float) Math.tanh(length / LIMIT);
        }
        float mean = sum / FaceTopology.POINTS;
        return mean > BUDGET ? STRENGTH * BUDGET / mean : STRENGTH;
    }

    private void scale(float strength) {
        for (int i = 0; i < moves.length; i++) {
            moves[i] *= strength;
        }
    }

    private double meanDepth() {
        double z = 0;
        for (int i = 0; i < mean.length; i += 3) {
            z += mean[i + 2] / FaceTopology.POINTS;
        }
        return z;
    }

    private void lean(TurnBalance.Lean lean, float fade) {
        double z = meanDepth();
        for (int i = 0; i < mean.length; i += 3) {
            float further = (float) (mean[i + 2] - z) * fade;
            moves[i] += lean.aside() * further;
            moves[i + 1] += lean.nod() * further;
        }
    }

    private void moveRigidly(FaceRegions[] group) {
        int n = 0;
        float[] centre = new float[3];
        float[] shift = new float[3];
        for (FaceRegions region : group) {
            for (int i = 0; i < region.size(); i++, n++) {
                for (int a = 0; a < 3; a++) {
                    centre[a] += mean[region.point(i) * 3 + a];
                    shift[a] += moves[region.point(i) * 3 + a];
                }
            }
        }
        float own = 0;
        float wanted = 0;
        for (FaceRegions region : group) {
            for (int i = 0; i < region.size(); i++) {
                int p = region.point(i) * 3;
                float x = mean[p] - centre[0] / n;
                own += x * x;
                wanted += x * (source.shape[p] - (centre[0] + shift[0]) / n);
            }
        }
        float widening = own > 0 ? Math.max(-WIDENING, Math.min(WIDENING, wanted / own - 1)) : 0;
        for (FaceRegions region : group) {
            for (int i = 0; i < region.size(); i++) {
                int p = region.point(i) * 3;
                moves[p] = shift[0] / n + widening * (mean[p] - centre[0] / n);
                moves[p + 1] = shift[1] / n;
                moves[p + 2] = shift[2] / n;
            }
        }
    }

    /** Turns the moves into the picture, limits them softly, and scales them to pixels. */
    private void pose(float[] r, float eyeDistance) {
        for (int i = 0; i < moves.length; i += 3) {
            float x = (r[0] * moves[i] + r[1] * moves[i + 1] + r[2] * moves[i + 2]);
            float y = (r[3] * moves[i] + r[4] * moves[i + 1] + r[5] * moves[i + 2]);
            float length = (float) Math.sqrt(x * x + y * y);
            float scale = length > 1e-5f ? (float) (LIMIT * Math.tanh(length / LIMIT) / length) : 1;
            moves[i] = x * scale * eyeDistance;
            moves[i + 1] = y * scale * eyeDistance;
        }
    }

    private void spare(OcclusionModel occlusion) {
        for (int i = 0; i < FaceTopology.POINTS; i++) {
            float share = 1 - occlusion.at(i);
            moves[i * 3] *= share;
            moves[i * 3 + 1] *= share;
        }
    }

    private void layGrid(float[] xyz, float eyeDistance) {
        float x0 = Float.MAX_VALUE;
        float y0 = Float.MAX_VALUE;
        float x1 = -Float.MAX_VALUE;
        float y1 = -Float.MAX_VALUE;
        for (int i = 0; i < xyz.length; i += 3) {
            x0 = Math.min(x0, xyz[i]);
            x1 = Math.max(x1, xyz[i]);
            y0 = Math.min(y0, xyz[i + 1]);
            y1 = Math.max(y1, xyz[i + 1]);
        }
        float margin = MARGIN * eyeDistance;
        spacing = Math.max(2, Math.round(eyeDistance / NODES_PER_EYE_DISTANCE));
        originX = (float) Math.floor(x0 - margin);
        originY = (float) Math.floor(y0 - margin);
        columns = (int) Math.ceil((x1 + margin - originX) / spacing) + 1;
        rows = (int) Math.ceil((y1 + margin - originY) / spacing) + 1;
        if (forward.length < columns * rows * 2) {
            forward = new float[columns * rows * 2];
            inverse = new float[columns * rows * 2];
        }
    }

    private void spread(float[] xyz, float eyeDistance) {
        float reach = REACH * eyeDistance;
        float reach2 = reach * reach;
        for (int j = 0; j < rows; j++) {
            for (int i = 0; i < columns; i++) {
                float x = originX + (i + .5f) * spacing - .5f;
                float y = originY + (j + .5f) * spacing - .5f;
                float sum = .12f;
                float dx = 0;
                float dy = 0;
                for (int handle : handles) {
                    float ex = xyz[handle * 3] - x;
                    float ey = xyz[handle * 3 + 1] - y;
                    float d2 = ex * ex + ey * ey;
                    if (d2 < reach2) {
                        float w = 1 - d2 / reach2;
                        w *= w;
                        sum += w;
                        dx += w * moves[handle * 3];
                        dy += w * moves[handle * 3 + 1];
                    }
                }
                float border = Math.min(Math.min(i, columns - 1 - i), Math.min(j, rows - 1 - j)) / 2f;
                float taper = Smoothstep.of(border, 0, 1) / sum;
                int o = (j * columns + i) * 2;
                forward[o] = dx * taper;
                forward[o + 1] = dy * taper;
            }
        }
    }

    /** Where a pixel of the bent picture comes from, by two fixed-point steps, in half pixels. */
    private void invert() {
        for (int j = 0; j < rows; j++) {
            for (int i = 0; i < columns; i++) {
                int o = (j * columns + i) * 2;
                float dx = forward[o];
                float dy = forward[o + 1];
                for (int step = 0; step < 2; step++) {
                    float x = i - dx / spacing;
                    float y = j - dy / spacing;
                    dx = interpolate(x, y, 0);
                    dy = interpolate(x, y, 1);
                }
                inverse[o] = -2 * dx;
                inverse[o + 1] = -2 * dy;
            }
        }
    }

    private float interpolate(float column, float row, int axis) {
        float x = Math.max(0, Math.min(columns - 1.001f, column));
        float y = Math.max(0, Math.min(rows - 1.001f, row));
        int i = (int) x;
        int j = (int) y;
        float fx = x - i;
        float fy = y - j;
        int o = (j * columns + i) * 2 + axis;
        float upper = forward[o] * (1 - fx) + forward[o + 2] * fx;
        float lower = forward[o + columns * 2] * (1 - fx) + forward[o + columns * 2 + 2] * fx;
        return upper * (1 - fy) + lower * fy;
    }

    private Rect bend(Mat frame, OccluderMask occluder) {
        int width = (int) (columns * spacing);
        int height = (int) (rows * spacing);
        nodes.create(rows, columns, CvType.CV_32FC2);
        nodes.put(0, 0, inverse);
        // smooth where the nodes are far apart, straight where they are near: a third of the time
        Imgproc.resize(nodes, finer, new Size(columns * FINER, rows * FINER), 0, 0, Imgproc.INTER_CUBIC);
        Imgproc.resize(finer, field, new Size(width, height), 0, 0, Imgproc.INTER_LINEAR);
        ensureIdentity(width, height);
        int x0 = Math.max(0, (int) originX);
        int y0 = Math.max(0, (int) originY);
        int x1 = Math.min(frame.cols(), (int) originX + width);
        int y1 = Math.min(frame.rows(), (int) originY + height);
        if (x1 - x0 < 2 || y1 - y0 < 2) {
            return new Rect();
        }
        Rect bounds = new Rect(x0, y0, x1 - x0, y1 - y0);
        Mat region = frame.submat(bounds);
        if (!occluder.isEmpty()) {
            region.copyTo(original);
        }
        // cubic at twice the size and straight between: as sharp as a cubic remap, for which OpenCV has no vector code
        Imgproc.resize(region, twice, new Size(2. * (x1 - x0), 2. * (y1 - y0)), 0, 0, Imgproc.INTER_CUBIC);
        for (int j = 0; j < rows; j++) {
            int top = Math.max(y0, (int) (originY + j * spacing));
            int bottom = Math.min(y1, (int) (originY + (j + 1) * spacing));
            int left = Math.max(x0, (int) (originX + firstMoved(j) * spacing));
            int right = Math.min(x1, (int) (originX + (lastMoved(j) + 1) * spacing));
            if (bottom > top && right > left) {
                bendStrip(new Rect(left - x0, top - y0, right - left, bottom - top), region, x0, y0, occluder);
            }
        }
        if (!occluder.isEmpty()) {
            occluder.restore(original, region, x0, y0);
        }
        region.release();
        return bounds;
    }

    /** A row of nodes, only where anything moves: half of the region lies outside the head. */
    private void bendStrip(Rect strip, Mat region, int x0, int y0, OccluderMask occluder) {
        Mat part = field.submat(
                new Rect(x0 + strip.x - (int) originX, y0 + strip.y - (int) originY, strip.width, strip.height));
        occluder.clear(part, x0 + strip.x, y0 + strip.y);
        Mat base = identity.submat(strip);
        Core.add(part, base, map);
        Mat to = region.submat(strip);
        Imgproc.remap(twice, to, map, new Mat(), Imgproc.INTER_LINEAR, Core.BORDER_REPLICATE, new Scalar(0));
        part.release();
        base.release();
        to.release();
    }

    /** First column of nodes whose cells move in a row of nodes, the interpolation's neighbours among them. */
    private int firstMoved(int row) {
        int first = columns;
        for (int j = Math.max(0, row - NEIGHBOURS); j <= Math.min(rows - 1, row + NEIGHBOURS); j++) {
            int i = 0;
            while (i < first && isStill(j, i)) {
                i++;
            }
            first = i;
        }
        return first == columns ? columns : Math.max(0, first - NEIGHBOURS);
    }

    private int lastMoved(int row) {
        int last = -1;
        for (int j = Math.max(0, row - NEIGHBOURS); j <= Math.min(rows - 1, row + NEIGHBOURS); j++) {
            int i = columns - 1;
            while (i > last && isStill(j, i)) {
                i--;
            }
            last = i;
        }
        return last < 0 ? -1 : Math.min(columns - 1, last + NEIGHBOURS);
    }

    /** True where a node moves by less than the remap can tell apart, a sixty-fourth of a pixel. */
    private boolean isStill(int row, int column) {
        int o = (row * columns + column) * 2;
        return Math.abs(inverse[o]) <= STILL && Math.abs(inverse[o + 1]) <= STILL;
    }

    private void ensureIdentity(int width, int height) {
        if (identity.cols() >= width && identity.rows() >= height) {
            return;
        }
        int w = Math.max(width, identity.cols()) + 32;
        int h = Math.max(height, identity.rows()) + 32;
        float[] places = new float[w * h * 2];
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                places[(y * w + x) * 2] = 2 * x + .5f;
                places[(y * w + x) * 2 + 1] = 2 * y + .5f;
            }
        }
        identity.create(h, w, CvType.CV_32FC2);
        identity.put(0, 0, places);
    }

    private void moveLandmarks(float[] xyz) {
        for (int i = 0; i < xyz.length; i += 3) {
            float column = (xyz[i] - originX + .5f) / spacing - .5f;
            float row = (xyz[i + 1] - originY + .5f) / spacing - .5f;
            xyz[i] += interpolate(column, row, 0);
            xyz[i + 1] += interpolate(column, row, 1);
        }
    }

    @Override
    public void close() {
        nodes.release();
        finer.release();
        field.release();
        map.release();
        identity.release();
        twice.release();
        original.release();
    }
}
