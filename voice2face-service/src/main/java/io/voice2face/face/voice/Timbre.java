package io.voice2face.face.voice;

/**
 * What is stable in one person's voice and differs between persons: 24 centred values with a mean square of 1 over
 * speakers, the steadier ones first and larger, without the direction that tells women from men. Good for a stable look,
 * not for verifying who speaks.
 */
public record Timbre(float[] values) {
    /** Number of values. */
    public static final int DIMENSIONS = 24;

    private static final int STEADIEST = 6;
    /** Root mean square of the first values over speakers. */
    private static final double STEADIEST_SCALE = 1.42;

    private static final double OUTLIER = 3 * STEADIEST_SCALE;

    public Timbre {
        if (values.length != DIMENSIONS) {
            throw new IllegalArgumentException("a timbre has " + DIMENSIONS + " values, not " + values.length);
        }
    }

    /**
     * A number in 0..1 that is nearly uniform over speakers and moves little between recordings of one speaker: the
     * normal distribution function of a projection of the first values, which are the steadiest, with alternating signs.
     */
    public double quantile() {
        double sum = 0;
        for (int i = 0; i < STEADIEST; i++) {
            sum += (i % 2 == 0 ? 1 : -1) * Math.max(-OUTLIER, Math.min(OUTLIER, values[i]));
        }
        return normalDistribution(sum / Math.sqrt(STEADIEST) / STEADIEST_SCALE);
    }

    /** Φ(x) by the logistic approximation of Bowling et al. (2009), error below 1.5·10⁻⁴. */
    private static double normalDistribution(double x) {
        return 1 / (1 + Math.exp(-(0.07056 * x * x * x + 1.5976 * x)));
    }
}
