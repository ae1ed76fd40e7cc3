package io.voice2face.face.features;

/**
 * Fundamental frequency of the voiced frames.
 *
 * @param medianHz median, 0 where hardly anything is voiced
 * @param p10Hz 10th percentile, 0 where hardly anything is voiced
 * @param p90Hz 90th percentile, 0 where hardly anything is voiced
 * @param voicedFraction voiced frames among the frames of speech, 0..1
 */
public record PitchStatistics(double medianHz, double p10Hz, double p90Hz, double voicedFraction) {
    static final PitchStatistics UNVOICED = new PitchStatistics(0, 0, 0, 0);
    private static final double REFERENCE_HZ = 165;

    /** True where a fundamental frequency was found. */
    public boolean isVoiced() {
        return medianHz > 0;
    }

    /** The analyser's input: log2(median/165), log2(p90/p10), voiced fraction; zeros where unvoiced. */
    double[] asFeatures() {
        return isVoiced()
                ? new double[] {log2(medianHz / REFERENCE_HZ), log2(p90Hz / p10Hz), voicedFraction}
                : new double[3];
    }

    private static double log2(double value) {
        return Math.log(value) / Math.log(2);
    }
}
