package io.voice2face.swap.embedded;

import java.util.Arrays;
import java.util.List;

import io.voice2face.swap.face.FaceRegions;
import io.voice2face.swap.face.Smoothstep;

/**
 * Notices what comes between the camera and the face. Each cell of the layout remembers how the target usually looks
 * there, with its variation, free of exposure; what differs by several of these, hangs together, reaches in from outside
 * and does not lie in lips, eyes and brows alone, is an occluder and stays as it is.
 *
 * <p>What is there from the first frame on has no past to differ from: {@link FirstSight} knows it by its colour and
 * {@link GlassesFinder} by its lines, in stills as well. A hand of the face's own colour that never moves stays unseen.
 */
final class OcclusionModel implements AutoCloseable {
    private static final float CELLS = CellLayout.PER_EYE_DISTANCE;
    private static final float LUMA_FLOOR = .07f;
    private static final float CHROMA_FLOOR = .04f;
    private static final float DETAIL_FLOOR = .045f;
    private static final float EXPRESSION_TOLERANCE = 1.6f;
    private static final float LEARNING = .08f;
    /** A wrong belief heals within a second or two, one that covers the face within ten. */
    private static final float LEARNING_UNDER_DOUBT = .02f;

    private static final float LEARNING_UNDER_COVER = .003f;

    /**
     * Where what lies before the face ends in its blurred mask: rather a little of the target's skin around it than paint
     * on its rim.
     */
    private static final float[] RIM_STANDING = {.1f, .45f};

    private static final float[] RIM_MOVED = {.2f, .65f};

    private static final int WARM_UP = 4;
    /** Colours and lines of single frames are looked at this seldom: what is known by them does not come and go. */
    private static final int LOOK_INTERVAL = 3;

    private static final float LOOK_RATE = .35f;
    /** Cells. */
    private static final int STRAND_LENGTH = Math.round(.8f * CELLS);

    private static final int GAP = Math.round(.12f * CELLS);

    /** Around eyes, brows and lips, in eye distances: what moves with every expression. */
    private static final float EXPRESSION_ZONE = .11f;

    private final CellLayout layout;
    private final Planes planes = new Planes();
    private final int cells;
    private final float[] tolerance;

    private final float[] luma;
    private final float[] blue;
    private final float[] red;
    private final float[] detail;
    private final float[][] mean = new float[4][];
    private final float[][] variance = new float[4][];
    private final float[] evidence;
    private final float[] sorted;
    private final float[] occluded;
    private final FirstSight sight;
    private final GlassesFinder glasses;
    /** 0..1: what single frames say, smoothed over time. */
    private final float[] odd;

    private final float[] strands;
    private final float[] mouth;
    private final float[] frame;
    /** 0..1: what of it can be an occluder. */
    private final float[] standing;
    /** Cells that were covered whenever they were seen: how the face looks there is not known. */
    private final boolean[] unknown;

    private final CellMask mask;
    private int frames;
    private boolean any;

    OcclusionModel(SourceFace source) {
        this.layout = source.layout;
        this.cells = layout.width * layout.height;
        this.luma = new float[cells];
        this.blue = new float[cells];
        this.red = new float[cells];
        this.detail = new float[cells];
        this.evidence = new float[cells];
        this.sorted = new float[cells];
        this.occluded = new float[cells];
        this.tolerance = new float[cells];
        this.odd = new float[cells];
        this.standing = new float[cells];
        this.frame = new float[cells];
        this.strands = new float[cells];
        this.mouth = new float[cells];
        this.unknown = new boolean[cells];
        this.sight = new FirstSight(layout);
        this.glasses = new GlassesFinder(layout);
        for (int i = 0; i < mean.length; i++) {
            mean[i] = new float[cells];
            variance[i] = new float[cells];
        }
        boolean[] expression = layout.cellsOf(
                EXPRESSION_ZONE,
                List.of(
                        FaceRegions.LEFT_EYE,
                        FaceRegions.RIGHT_EYE,
                        FaceRegions.LEFT_BROW,
                        FaceRegions.RIGHT_BROW,
                        FaceRegions.OUTER_LIPS));
        this.mask = new CellMask(layout, expression);
        for (int i = 0; i < cells; i++) {
            tolerance[i] = expression[i] ? EXPRESSION_TOLERANCE : 1;
        }
    }

    /** 0..1 per cell: what lies before the face. The same array in every frame. */
    float[] occluded() {
        return occluded;
    }

    /** Share of the occluder at a landmark in the last frame. */
    float at(int landmark) {
        int x = Math.max(0, Math.min(layout.width - 1, Math.round(layout.points[landmark * 2])));
        int y = Math.max(0, Math.min(layout.height - 1, Math.round(layout.points[landmark * 2 + 1])));
        return occluded[y * layout.width + x];
    }

    /** Looks at one frame. */
    void look(TargetSampler target) {
        Colours.split(target.bgr, cells, luma, blue, red);
        System.arraycopy(luma, 0, detail, 0, cells);
        planes.blur(detail, layout.width, layout.height, .05 * CELLS);
        for (int i = 0; i < cells; i++) {
            detail[i] = luma[i] - detail[i];
        }
        if (frames % LOOK_INTERVAL == 0) {
            lookAtThisFrame(target.seen);
        }
        if (frames == 0) {
            begin();
        }
        removeExposure(target.seen);
        weigh(target.seen);
        decide();
        learn(target.seen);
        frames++;
    }

    /** True where anything at all lies before the face. */
    boolean any() {
        return any;
    }

    private void lookAtThisFrame(float[] seen) {
        float rate = frames == 0 ? 1 : LOOK_RATE;
        approach(frame, glasses.find(luma, seen), seen, rate);
        approach(odd, sight.look(luma, blue, red, seen, glasses.depth()), seen, rate);
        approach(strands, sight.strands(), seen, rate);
        approach(mouth, sight.atMouth(), seen, rate);
        Arrays.fill(standing, 0);
        markOdd();
        if (mask.keepOccluders(false, occluded)) {
            for (int i = 0; i < cells; i++) {
                standing[i] = mask.contains(i) ? 1 : 0;
                sorted[i] = Math.max(Math.max(odd[i], strands[i]), Math.max(mouth[i], sight.dark()[i]));
            }
            // a strand goes on across a brow and a cup across the lips, where nothing is looked for
            markOdd();
            mask.grow(sorted, .5f, GAP);
            mask.joinParts();
            mask.keepTouching(standing);
            mask.grow(sorted, .3f, STRAND_LENGTH);
            mask.joinParts();
            // a strand is as wide as its soft borders: without them half of it would be painted over
            mask.widen();
            for (int i = 0; i < cells; i++) {
                standing[i] = mask.contains(i) ? 1 : 0;
            }
            planes.blur(standing, layout.width, layout.height, .022 * CELLS);
        }
        for (int i = 0; i < cells; i++) {
            standing[i] = Math.max(Smoothstep.of(standing[i], RIM_STANDING[0], RIM_STANDING[1]), frame[i]);
        }
    }

    private void markOdd() {
        mask.setAbove(odd, .5f);
        mask.removeSpecks();
        mask.addAbove(strands, .5f);
    }

    /** What is turned away stays as it was last seen. */
    private static void approach(float[] state, float[] now, float[] seen, float rate) {
        for (int i = 0; i < state.length; i++) {
            if (seen[i] > .25f) {
                float change = now[i] - state[i];
                // lines and colours vanish when they are seen aslant: that is no sign that they have gone
                state[i] += change * rate * (change < 0 ? Smoothstep.of(seen[i], .55f, 1) : 1);
            }
        }
    }

    private void begin() {
        for (int i = 0; i < cells; i++) {
            begin(i);
            unknown[i] = standing[i] > .1f;
        }
    }

    private void begin(int i) {
        mean[0][i] = luma[i];
        mean[1][i] = blue[i];
        mean[2][i] = red[i];
        mean[3][i] = detail[i];
        // broad at first: nothing is known yet about how much a cell varies
        variance[0][i] = .5f * LUMA_FLOOR * LUMA_FLOOR;
        variance[1][i] = .5f * CHROMA_FLOOR * CHROMA_FLOOR;
        variance[2][i] = .5f * CHROMA_FLOOR * CHROMA_FLOOR;
        variance[3][i] = .5f * DETAIL_FLOOR * DETAIL_FLOOR;
    }

    /** Takes the common change of the whole face out; less than half of it may be occluded for that. */
    private void removeExposure(float[] seen) {
        subtractMedianChange(luma, mean[0], seen);
        subtractMedianChange(blue, mean[1], seen);
        subtractMedianChange(red, mean[2], seen);
    }

    private void subtractMedianChange(float[] now, float[] usual, float[] seen) {
        int count = 0;
        for (int i = 0; i < cells; i += 3) {
            if (seen[i] > .5f) {
                sorted[count++] = now[i] - usual[i];
            }
        }
        if (count < 30) {
            return;
        }
        float change = Quantile.select(sorted, count, count / 2);
        for (int i = 0; i < cells; i++) {
            now[i] -= change;
        }
    }

    private void weigh(float[] seen) {
        for (int i = 0; i < cells; i++) {
            if (seen[i] < .25f || unknown[i]) {
                evidence[i] = 0;
                continue;
            }
            float z2 = squared(luma[i] - mean[0][i], variance[0][i], LUMA_FLOOR)
                    + squared(blue[i] - mean[1][i], variance[1][i], CHROMA_FLOOR) * .6f
                    + squared(red[i] - mean[2][i], variance[2][i], CHROMA_FLOOR * .7f)
                    + squared(detail[i] - mean[3][i], variance[3][i], DETAIL_FLOOR) * .5f;
            evidence[i] = Smoothstep.of((float) Math.sqrt(z2) / tolerance[i], 1.5f, 2.7f);
        }
        planes.blur(evidence, layout.width, layout.height, .02 * CELLS);
    }

    private static float squared(float difference, float variance, float floor) {
        return difference * difference / (variance + floor * floor);
    }

    private void decide() {
        boolean moved = frames >= WARM_UP && findMoved();
        for (int i = 0; i < cells; i++) {
            sorted[i] = moved && mask.contains(i) ? 1 : 0;
        }
        if (moved) {
            planes.blur(sorted, layout.width, layout.height, .022 * CELLS);
        }
        any = false;
        for (int i = 0; i < cells; i++) {
            float now = Math.max(Smoothstep.of(sorted[i], RIM_MOVED[0], RIM_MOVED[1]), standing[i]);
            float rate = frames == 0 ? 1 : now > occluded[i] ? .85f : .6f;
            occluded[i] += rate * (now - occluded[i]);
            any |= occluded[i] > .05f;
        }
    }

    /** Leaves in the mask what differs from the frames before. */
    private boolean findMoved() {
        mask.setAbove(evidence, .5f);
        mask.removeSpecks();
        mask.joinParts();
        boolean found = mask.keepOccluders(true, occluded);
        if (found) {
            grow();
        }
        return found;
    }

    /** Hysteresis: weaker evidence counts beside what is sure. */
    private void grow() {
        mask.grow(evidence, .12f, 8);
        mask.joinSolid();
        mask.fillHoles();
    }

    private void learn(float[] seen) {
        float[][] now = {luma, blue, red, detail};
        float rate = Math.max(LEARNING, 1f / (frames + 1));
        for (int i = 0; i < cells; i++) {
            if (seen[i] < .25f) {
                continue;
            }
            if (unknown[i]) {
                unknown[i] = standing[i] > .1f;
                if (!unknown[i]) {
                    begin(i);
                }
                continue;
            }
            float doubt = Math.max(occluded[i], frames >= WARM_UP ? evidence[i] : 0);
            // a microphone that stays is not to become a mouth; yet what was taken for an occluder wrongly must heal
            float doubted = occluded[i] > .5f ? LEARNING_UNDER_COVER : LEARNING_UNDER_DOUBT;
            float r = rate * (1 - doubt) + doubted * doubt;
            for (int k = 0; k < mean.length; k++) {
                float difference = now[k][i] - mean[k][i];
                mean[k][i] += r * difference;
                variance[k][i] += r * (difference * difference * (1 - doubt) - variance[k][i] * (1 - doubt));
            }
        }
    }

    @Override
    public void close() {
        planes.close();
        sight.close();
        glasses.close();
        mask.close();
    }
}
