package io.voice2face.swap.embedded;

/**
 * How much of what sets a pixel off from the skin around it stays when the skin becomes lighter or darker. A gloss share
 * below 1 is that of lighter skin, see {@link LightTransfer#factors}; {@code share} is the pixel's luma over the skin's.
 */
final class Detail {
    private Detail() {}

    /** Share of the difference of luma that stays. */
    static float lumaKept(float share, float glossShare) {
        if (share > 1) {
            return glossShare;
        }
        return glossShare < 1 ? .55f + .45f * glossShare : 1;
    }

    /** Share of the difference of colour that stays. */
    static float colourKept(float share, float glossShare) {
        float kept = glossShare < 1 ? .4f + .6f * glossShare : 1;
        // the colour of lashes and brows is mostly noise, and strong: it fades with the darkness
        return share < 1 / 1.3f ? 1.3f * share * kept : kept;
    }

    /**
     * A difference of blue/luma, warmer on lighter skin: there brown lips and shadows would look grey, and dark parts are
     * warmer than the skin.
     */
    static float blue(float difference, float glossShare) {
        return glossShare < 1 && difference > 0 ? difference * glossShare * glossShare : difference;
    }

    /** A difference of red/luma, warmer on lighter skin. */
    static float red(float difference, float glossShare) {
        return glossShare < 1 && difference < 0 ? difference * glossShare * glossShare : difference;
    }
}
