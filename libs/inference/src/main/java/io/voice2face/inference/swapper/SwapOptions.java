package io.voice2face.inference.swapper;

/**
 * How a learned swapper is used.
 *
 * @param weight 0–1: how much of the source's identity; ½ is the source as it is, below it leans towards the target's
 *     own face, above it away from it
 * @param pixelBoost n: crops of n times the swapper's side go through it as n² pictures
 * @param maskBlur 0–1: over which share of half the crop its border fades
 * @param enhancerBlend 0–1: how much of the enhancer's picture is taken, if there is an enhancer
 */
public record SwapOptions(double weight, int pixelBoost, double maskBlur, double enhancerBlend) {
    private static final double MOST = 0.35;

    public SwapOptions {
        if (weight < 0 || weight > 1 || maskBlur < 0 || maskBlur > 1 || enhancerBlend < 0 || enhancerBlend > 1) {
            throw new IllegalArgumentException("weight, mask blur and enhancer blend lie between 0 and 1");
        }
        if (pixelBoost < 1 || pixelBoost > 8) {
            throw new IllegalArgumentException("pixel boost lies between 1 and 8, not " + pixelBoost);
        }
    }

    public static SwapOptions usual() {
        return new SwapOptions(0.5, 1, CropMasks.USUAL_BLUR, 0.8);
    }

    /** k of source·(1 − k) + target·k: from .35 at weight 0 to −.35 at weight 1. */
    double targetShare() {
        return MOST * (1 - 2 * weight);
    }
}
