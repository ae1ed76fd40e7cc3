package io.voice2face.face.voice;

/**
 * How probable three ranges of age are. A voice says little about age, so this stays close to the prior.
 *
 * @param under30 probability of an age under 30
 * @param from30To49 probability of an age from 30 to 49
 * @param over49 probability of an age of 50 or more
 */
public record AgePosterior(double under30, double from30To49, double over49) {
    private static final double[] EDGES = {20, 30, 50, 72};

    /**
     * Age at a quantile, uniform inside each range (20–30, 30–50, 50–72).
     *
     * @param quantile 0..1
     */
    public int ageAt(double quantile) {
        double[] share = {under30, from30To49, over49};
        double below = 0;
        for (int i = 0; i < share.length; i++) {
            if (quantile <= below + share[i] || i == share.length - 1) {
                double within = share[i] <= 0 ? 0 : Math.min(1, Math.max(0, (quantile - below) / share[i]));
                return (int) Math.min(EDGES[i + 1] - 1, Math.floor(EDGES[i] + within * (EDGES[i + 1] - EDGES[i])));
            }
            below += share[i];
        }
        throw new IllegalStateException("unreachable");
    }
}
