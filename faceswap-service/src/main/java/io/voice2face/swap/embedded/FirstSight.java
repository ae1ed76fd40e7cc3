package io.voice2face.swap.embedded;

import java.util.Arrays;
import java.util.List;

import io.voice2face.swap.face.FaceRegions;
import io.voice2face.swap.face.Smoothstep;

/**
 * What the colours of a single frame say about things before the face, for stills and for what is there from the first
 * frame on: where plain skin must lie, something has a colour that neither this person's skin nor the shadow, gloss or
 * hair of a beard on it can have. Scarves, caps, cups, a fringe; not a hand of the same skin.
 */
final class FirstSight implements AutoCloseable {
    private static final float CELLS = CellLayout.PER_EYE_DISTANCE;
    /** Where skin is looked for: cheeks, nose, between the brows, chin. */
    private static final int[] ANCHORS = {50, 280, 205, 425, 4, 195, 151, 9, 199};

    private static final int ANCHOR_RADIUS = 3;
    /** How far ln(blue/luma) and ln(red/luma) of one person's skin lie apart in one light. */
    private static final float BLUE_SPREAD = .17f;

    private static final float RED_SPREAD = .085f;
    private static final float DARK_FROM = .3f;
    private static final float DARK_SPREAD = .3f;
    private static final float VERY_DARK = .65f;
    private static final float STRAND = .6f;
    /** No shadow on light skin is as dark as this against the skin around. */
    private static final float BLACK = 1;

    /** ln(luma) between which a colour begins to say something. */
    private static final float CLEAR_FROM = (float) Math.log(40);

    private static final float CLEAR = (float) Math.log(105);
    private static final float LIGHT_FROM = (float) Math.log(70);
    private static final float LIGHT = (float) Math.log(125);

    private final CellLayout layout;
    private final Planes planes = new Planes();
    private final int cells;
    /** Cells of the oval. */
    private final boolean[] face;
    /** Eyes, brows, lips and nostrils with little around them: they have colours of their own. */
    private final boolean[] features;
    /** The same without anything around. */
    private final boolean[] closeFeatures;
    /** Lips with little around them. */
    private final boolean[] mouth;
    /** Where a beard grows. */
    private final boolean[] beard;

    private final float[] evidence;
    private final float[] dark;
    private final float[] strands;
    private final float[] atMouth;
    private final float[] base;
    private final float[] norm;
    private float lightSkin;
    private final float[] anchorValues = new float[1024];

    FirstSight(CellLayout layout) {
        this.layout = layout;
        this.cells = layout.width * layout.height;
        this.evidence = new float[cells];
        this.dark = new float[cells];
        this.strands = new float[cells];
        this.atMouth = new float[cells];
        this.base = new float[cells];
        this.norm = new float[cells];
        this.face = layout.cellsOf(0, List.of(FaceRegions.OVAL));
        this.features = layout.cellsOf(.07f, FaceRegions.FEATURES);
        this.closeFeatures = layout.cellsOf(.02f, FaceRegions.FEATURES);
        this.mouth = layout.cellsOf(.07f, List.of(FaceRegions.OUTER_LIPS));
        this.beard = new boolean[cells];
        float noseBase = layout.points[2 * 2 + 1] - .12f * CELLS;
        for (int i = 0; i < cells; i++) {
            beard[i] = i / layout.width > noseBase;
        }
    }

    /**
     * Looks at one frame.
     *
     * @param luma ln(luma) per cell
     * @param blue ln(blue/luma)
     * @param red ln(red/luma)
     * @param seen 0..1, how well a cell is seen
     * @param depth how much darker a cell is than what lies on both its sides, in ln(luma)
     * @return 0..1 per cell, how odd its colour is for skin in its place; the same array in every call
     */
    float[] look(float[] luma, float[] blue, float[] red, float[] seen, float[] depth) {
        float skinLuma = anchorMedian(luma, seen);
        float skinBlue = anchorMedian(blue, seen);
        float skinRed = anchorMedian(red, seen);
        // the shade on dark skin is as grey and as dark as hair
        lightSkin = Smoothstep.of(skinLuma, LIGHT_FROM, LIGHT);
        localSkin(luma, blue, red, seen, skinLuma, skinBlue, skinRed);
        for (int i = 0; i < cells; i++) {
            float darker = beard[i] || closeFeatures[i] || !face[i] ? 0 : base[i] - luma[i];
            float line = face[i] && !closeFeatures[i] ? Smoothstep.of(depth[i], .4f, .6f) : 0;
            dark[i] = Math.max(line, Smoothstep.of(darker, VERY_DARK, VERY_DARK + .3f));
            strands[i] = beard[i] || features[i] ? 0 : Smoothstep.of(depth[i], STRAND, STRAND + .25f) * line;
            float black = lightSkin * Smoothstep.of(darker, BLACK, BLACK + .3f);
            evidence[i] = face[i] && !features[i] && seen[i] > .25f
                    ? Math.max(black, odd(i, luma[i], blue[i] - skinBlue, red[i] - skinRed, skinBlue, skinRed))
                    : 0;
            // lips may be as red as they like
            atMouth[i] = mouth[i] && face[i] && seen[i] > .25f
                    ? odd(i, luma[i], blue[i] - skinBlue, Math.min(0, red[i] - skinRed), skinBlue, skinRed)
                    : 0;
        }
        planes.blur(evidence, layout.width, layout.height, .02 * CELLS);
        return evidence;
    }

    /**
     * 0..1 per cell of the mouth, how odd its colour is for lips and the skin around. Teeth are odd as well: it counts only
     * beside what is known to lie before the face.
     */
    float[] atMouth() {
        return atMouth;
    }

    /** 0..1 per cell: thin and darker than any wrinkle, as strands of hair across plain skin are, whatever their colour. */
    float[] strands() {
        return strands;
    }

    /**
     * 0..1 per cell, how much darker it was than shadow makes skin, wherever no beard grows. Black cloth and black hair
     * have no colour to be known by throughout: where a part of them is known, this says how far they go.
     */
    float[] dark() {
        return dark;
    }

    /**
     * How odd a colour is. In shadow skin gains saturation and in gloss it loses it, both along the line from no colour
     * through the skin's own; what lies beside this line is no skin, and what is both darker and greyer is hair.
     */
    private float odd(int i, float luma, float blue, float red, float skinBlue, float skinRed) {
        float sb = skinBlue / BLUE_SPREAD;
        float sr = skinRed / RED_SPREAD;
        float length = (float) Math.sqrt(sb * sb + sr * sr) + 1e-3f;
        float b = blue / BLUE_SPREAD;
        float r = red / RED_SPREAD;
        float along = (b * sb + r * sr) / length;
        float across2 = Math.max(0, b * b + r * r - along * along);
        float darker = base[i] - luma;
        float greyer = beard[i] ? 0 : lightSkin * Math.max(0, -along) * Smoothstep.of(darker, .15f, .45f);
        float beyond = Math.max(0, along - .7f * length) + Math.max(0, -along - length);
        float clear = .45f + .55f * Smoothstep.of(luma, CLEAR_FROM, CLEAR);
        float colour = (float) Math.sqrt(square(clear) * (across2 + square(beyond)) + square(greyer));
        float dark = beard[i] ? 0 : Math.max(0, Math.min(2, (darker - DARK_FROM) / DARK_SPREAD));
        float both = colour + .8f * dark * Smoothstep.of(colour, .5f, 1.5f);
        return Smoothstep.of(both, 2.2f, 3.4f);
    }

    private float anchorMedian(float[] plane, float[] seen) {
        int count = 0;
        for (int anchor : ANCHORS) {
            int cx = Math.round(layout.points[anchor * 2]);
            int cy = Math.round(layout.points[anchor * 2 + 1]);
            for (int y = Math.max(0, cy - ANCHOR_RADIUS); y <= Math.min(layout.height - 1, cy + ANCHOR_RADIUS); y++) {
                for (int x = Math.max(0, cx - ANCHOR_RADIUS);
                        x <= Math.min(layout.width - 1, cx + ANCHOR_RADIUS);
                        x++) {
                    if (seen[y * layout.width + x] > .3f) {
                        anchorValues[count++] = plane[y * layout.width + x];
                    }
                }
            }
        }
        if (count == 0) {
            return 0;
        }
        Arrays.sort(anchorValues, 0, count);
        return anchorValues[count / 2];
    }

    /** ln(luma) that skin has around each cell: side light is no reason for doubt. */
    private void localSkin(
            float[] luma, float[] blue, float[] red, float[] seen, float skinLuma, float skinBlue, float skinRed) {
        for (int i = 0; i < cells; i++) {
            float c = square((blue[i] - skinBlue) / BLUE_SPREAD) + square((red[i] - skinRed) / RED_SPREAD);
            float w = face[i] && !features[i] && seen[i] > .25f ? 1 / (1 + c * c) : 0;
            norm[i] = w;
            base[i] = w * luma[i];
        }
        planes.blur(norm, layout.width, layout.height, .35 * CELLS);
        planes.blur(base, layout.width, layout.height, .35 * CELLS);
        for (int i = 0; i < cells; i++) {
            base[i] = (base[i] + .02f * skinLuma) / (norm[i] + .02f);
        }
    }

    private static float square(float x) {
        return x * x;
    }

    @Override
    public void close() {
        planes.close();
    }
}
