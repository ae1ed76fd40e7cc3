package io.voice2face.swap.embedded;

import io.voice2face.swap.face.Smoothstep;

/**
 * Finds the portrait's own hair inside its oval. What is much darker or greyer than skin above the brows or at the sides
 * is hair for certain; from there it grows along what is still darker than the skin beside it, so that the thin ends of
 * a fringe, too pale to be hair by themselves, go with it. Brows and eyes are never touched.
 */
final class HairMask {
    private static final float CELLS = CellLayout.PER_EYE_DISTANCE;
    private static final float SURE_FROM = .45f;
    private static final float SURE = .8f;
    /** On a forehead hardly anything but hair is darker than its surroundings. */
    private static final float WEAK_ABOVE = .16f;

    private static final float WEAK_BESIDE = .32f;
    /** So close to hair, what is a little darker than the skin is its shade or its thin ends. */
    private static final float WEAK_AT_ONCE = .08f;

    private static final int AT_ONCE = Math.round(.07f * CELLS);
    /** Hair beside an eye ends within this many cells; what goes on is the shadow of the socket. */
    private static final int REACH_BESIDE = Math.round(.16f * CELLS);

    private static final int REACH_ABOVE = Math.round(.8f * CELLS);

    private final CellLayout layout;
    private final float[] cover;
    private final float[] features;
    private final boolean[] kept;

    /**
     * @param cover 0..1 per cell
     * @param features 0..1 per cell: around eyes, brows, lips and nostrils, generously
     * @param kept cells of eyes, brows, lips and nostrils, closely
     */
    HairMask(CellLayout layout, float[] cover, float[] features, boolean[] kept) {
        this.layout = layout;
        this.cover = cover;
        this.features = features;
        this.kept = kept;
    }

    /**
     * Hair, 0..1 per cell.
     *
     * @param luma ln(luma) per cell
     * @param red ln(red/luma) per cell
     * @param skinLuma middle of the skin's ln(luma)
     * @param browTops row of the brows' upper edge per column
     */
    float[] find(float[] luma, float[] red, float skinLuma, float skinRed, float[] browTops, Planes planes) {
        int n = luma.length;
        float noseTip = layout.points[1 * 2 + 1];
        float[] hair = new float[n];
        boolean[] above = new boolean[n];
        for (int i = 0; i < n; i++) {
            int x = i % layout.width;
            int y = i / layout.width;
            above[i] = y < browTops[x] - .02f * CELLS;
            boolean side = !above[i] && y < noseTip && features[i] < .05f && cover[i] < .95f;
            float odd = skinLuma - luma[i] + 1.5f * (skinRed - red[i]);
            hair[i] = above[i] || side ? Smoothstep.of(odd, SURE_FROM, SURE) : 0;
        }
        float[] skin = skinAround(luma, hair, planes);
        boolean[] grown = grow(luma, skin, hair, above, noseTip);
        for (int i = 0; i < n; i++) {
            hair[i] = Math.max(hair[i], grown[i] ? 1 : 0);
        }
        return hair;
    }

    /** ln(luma) of the skin around each cell, by the cells that are neither hair nor feature. */
    private float[] skinAround(float[] luma, float[] hair, Planes planes) {
        float[] norm = new float[luma.length];
        float[] skin = new float[luma.length];
        for (int i = 0; i < norm.length; i++) {
            float w = layout.corner0[i] >= 0 ? (1 - features[i]) * (1 - hair[i]) * (1 - hair[i]) : 0;
            norm[i] = w + 1e-4f;
            skin[i] = norm[i] * luma[i];
        }
        planes.blur(norm, layout.width, layout.height, .2 * CELLS);
        planes.blur(skin, layout.width, layout.height, .2 * CELLS);
        for (int i = 0; i < norm.length; i++) {
            skin[i] /= norm[i];
        }
        return skin;
    }

    private boolean[] grow(float[] luma, float[] skin, float[] hair, boolean[] above, float noseTip) {
        boolean[] now = new boolean[luma.length];
        for (int i = 0; i < now.length; i++) {
            now[i] = hair[i] > .6f;
        }
        boolean[] next = now.clone();
        for (int step = 0; step < REACH_ABOVE; step++) {
            boolean any = false;
            for (int y = 1; y < Math.min(layout.height - 1, noseTip); y++) {
                for (int i = y * layout.width + 1; i < (y + 1) * layout.width - 1; i++) {
                    if (now[i] || kept[i] || !above[i] && step >= REACH_BESIDE) {
                        continue;
                    }
                    float weak = step < AT_ONCE ? WEAK_AT_ONCE : above[i] ? WEAK_ABOVE : WEAK_BESIDE;
                    boolean dark = skin[i] - luma[i] > weak;
                    if (dark && touches(now, i)) {
                        next[i] = true;
                        any = true;
                    }
                }
            }
            if (!any) {
                break;
            }
            System.arraycopy(next, 0, now, 0, now.length);
        }
        return now;
    }

    private boolean touches(boolean[] mask, int i) {
        int w = layout.width;
        return mask[i - 1]
                || mask[i + 1]
                || mask[i - w]
                || mask[i + w]
                || mask[i - w - 1]
                || mask[i - w + 1]
                || mask[i + w - 1]
                || mask[i + w + 1];
    }

    /** True where there is any hair under the cover. */
    boolean any(float[] hair) {
        for (int i = 0; i < hair.length; i++) {
            if (hair[i] > .3f && cover[i] > .05f) {
                return true;
            }
        }
        return false;
    }
}
