package io.voice2face.face.features;

import java.util.function.DoubleUnaryOperator;

/** Triangular filters over the power spectrum, stored sparsely. */
final class MelFilterbank {
    private static final double SLANEY_LINEAR_HZ_PER_MEL = 200.0 / 3;
    private static final double SLANEY_BREAK_MEL = 15;
    private static final double SLANEY_BREAK_HZ = 1000;
    private static final double SLANEY_LOG_STEP = Math.log(6.4) / 27;

    private final int[] firstBin;
    private final double[][] weights;

    private MelFilterbank(double[] edgesHz, int firstBand, int bands, int fftLength, boolean areaNormalised) {
        firstBin = new int[bands];
        weights = new double[bands][];
        double binHz = (double) SpeechMask.SAMPLE_RATE / fftLength;
        for (int band = 0; band < bands; band++) {
            double low = edgesHz[firstBand + band];
            double centre = edgesHz[firstBand + band + 1];
            double high = edgesHz[firstBand + band + 2];
            int first = (int) Math.ceil(low / binHz);
            int last = Math.min(fftLength / 2, (int) Math.floor(high / binHz));
            firstBin[band] = first;
            weights[band] = new double[Math.max(0, last - first + 1)];
            for (int bin = first; bin <= last; bin++) {
                double hz = bin * binHz;
                double weight = Math.min((hz - low) / (centre - low), (high - hz) / (high - centre));
                weights[band][bin - first] = Math.max(0, weight) * (areaNormalised ? 2 / (high - low) : 1);
            }
        }
    }

    /**
     * Area-normalised filters on Slaney's mel scale (Auditory Toolbox; librosa's default).
     *
     * @param total number of filters between 0 Hz and {@code highHz}
     * @param firstBand first filter that is kept
     * @param bands number of filters that are kept
     */
    static MelFilterbank slaney(int total, double highHz, int firstBand, int bands, int fftLength) {
        double[] edges = edges(total, 0, highHz, MelFilterbank::slaneyMel, MelFilterbank::slaneyHz);
        return new MelFilterbank(edges, firstBand, bands, fftLength, true);
    }

    /** Filters with a peak of 1 on the HTK mel scale, 2595·log10(1 + f/700), linear in Hz between their edges. */
    static MelFilterbank htk(int bands, double lowHz, double highHz, int fftLength) {
        double[] edges = edges(
                bands,
                lowHz,
                highHz,
                hz -> 2595 * Math.log10(1 + hz / 700),
                mel -> 700 * (Math.pow(10, mel / 2595) - 1));
        return new MelFilterbank(edges, 0, bands, fftLength, false);
    }

    private static double[] edges(
            int bands, double lowHz, double highHz, DoubleUnaryOperator toMel, DoubleUnaryOperator toHz) {
        double low = toMel.applyAsDouble(lowHz);
        double high = toMel.applyAsDouble(highHz);
        double[] edges = new double[bands + 2];
        for (int i = 0; i < edges.length; i++) {
            edges[i] = toHz.applyAsDouble(low + (high - low) * i / (bands + 1));
        }
        return edges;
    }

    private static double slaneyMel(double hz) {
        return hz < SLANEY_BREAK_HZ
                ? hz / SLANEY_LINEAR_HZ_PER_MEL
                : SLANEY_BREAK_MEL + Math.log(hz / SLANEY_BREAK_HZ) / SLANEY_LOG_STEP;
    }

    private static double slaneyHz(double mel) {
        return mel < SLANEY_BREAK_MEL
                ? mel * SLANEY_LINEAR_HZ_PER_MEL
                : SLANEY_BREAK_HZ * Math.exp((mel - SLANEY_BREAK_MEL) * SLANEY_LOG_STEP);
    }

    int bands() {
        return weights.length;
    }

    /** Writes the band powers of a power spectrum (fftLength/2+1 bins) into {@code out}. */
    void apply(double[] power, double[] out) {
        for (int band = 0; band < weights.length; band++) {
            double[] weight = weights[band];
            int first = firstBin[band];
            double sum = 0;
            for (int i = 0; i < weight.length; i++) {
                sum += weight[i] * power[first + i];
            }
            out[band] = sum;
        }
    }
}
