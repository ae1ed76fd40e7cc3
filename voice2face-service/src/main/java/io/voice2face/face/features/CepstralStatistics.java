package io.voice2face.face.features;

/**
 * Statistics of mel-frequency cepstral coefficients c1..c19: mean, standard deviation, and standard deviation of
 * c(t+2) − c(t), over the frames of speech. Periodic Hann 400, FFT 512, hop 160; 40 HTK mel triangles over 80–7600 Hz;
 * L = ln(S + 10⁻⁴·G/40 + 10⁻²⁰) with G the geometric mean over the speech frames of the sum of the bands, which makes
 * the floor follow the level; orthonormal DCT-II.
 */
final class CepstralStatistics {
    static final int COEFFICIENTS = 19;
    private static final int WINDOW = 400;
    private static final int FFT = 512;
    private static final int HOP = 160;
    private static final int BANDS = 40;
    private static final double TINY = 1e-20;

    private final MelFilterbank filters = MelFilterbank.htk(BANDS, 80, 7600, FFT);
    private final double[][] dct = new double[COEFFICIENTS][BANDS];

    CepstralStatistics() {
        for (int k = 0; k < COEFFICIENTS; k++) {
            for (int n = 0; n < BANDS; n++) {
                dct[k][n] = Math.sqrt(2.0 / BANDS) * Math.cos(Math.PI * (k + 1) * (2 * n + 1) / (2 * BANDS));
            }
        }
    }

    /** Means, deviations and delta deviations, 3 × {@value #COEFFICIENTS} values. */
    double[] of(double[] samples, SpeechMask speech) {
        int frames = samples.length < WINDOW ? 0 : (samples.length - WINDOW) / HOP + 1;
        boolean[] inside = new boolean[frames];
        double[][] bands = new double[frames][BANDS];
        double floor = bandPowers(samples, speech, inside, bands) * 1e-4 / BANDS + TINY;

        Moments level = new Moments();
        Moments delta = new Moments();
        double[][] cepstra = new double[frames][];
        for (int t = 0; t < frames; t++) {
            if (inside[t]) {
                cepstra[t] = cepstrum(bands[t], floor);
                level.add(cepstra[t]);
                if (t >= 2 && inside[t - 2]) {
                    delta.add(difference(cepstra[t], cepstra[t - 2]));
                }
            }
        }
        double[] statistics = new double[3 * COEFFICIENTS];
        for (int k = 0; k < COEFFICIENTS; k++) {
            statistics[k] = level.mean(k);
            statistics[COEFFICIENTS + k] = level.deviation(k);
            statistics[2 * COEFFICIENTS + k] = delta.deviation(k);
        }
        return statistics;
    }

    /** Fills the band powers of the speech frames; returns the geometric mean of their sums. */
    private double bandPowers(double[] samples, SpeechMask speech, boolean[] inside, double[][] bands) {
        PowerSpectrum spectrum = new PowerSpectrum(WINDOW, FFT);
        double logSum = 0;
        int count = 0;
        for (int t = 0; t < inside.length; t++) {
            inside[t] = speech.covers(t * HOP + WINDOW / 2);
            if (inside[t]) {
                filters.apply(spectrum.of(samples, t * HOP), bands[t]);
                double sum = 0;
                for (double power : bands[t]) {
                    sum += power;
                }
                logSum += Math.log(sum + TINY);
                count++;
            }
        }
        return count == 0 ? 0 : Math.exp(logSum / count);
    }

    private double[] cepstrum(double[] bands, double floor) {
        double[] log = new double[BANDS];
        for (int b = 0; b < BANDS; b++) {
            log[b] = Math.log(bands[b] + floor);
        }
        double[] cepstrum = new double[COEFFICIENTS];
        for (int k = 0; k < COEFFICIENTS; k++) {
            double sum = 0;
            for (int b = 0; b < BANDS; b++) {
                sum += dct[k][b] * log[b];
            }
            cepstrum[k] = sum;
        }
        return cepstrum;
    }

    private static double[] difference(double[] later, double[] earlier) {
        double[] difference = new double[COEFFICIENTS];
        for (int k = 0; k < COEFFICIENTS; k++) {
            difference[k] = later[k] - earlier[k];
        }
        return difference;
    }

    /** Running mean and variance per coefficient (Welford). */
    private static final class Moments {
        private final double[] mean = new double[COEFFICIENTS];
        private final double[] squares = new double[COEFFICIENTS];
        private long count;

        void add(double[] values) {
            count++;
            for (int k = 0; k < COEFFICIENTS; k++) {
                double step = values[k] - mean[k];
                mean[k] += step / count;
                squares[k] += step * (values[k] - mean[k]);
            }
        }

        double mean(int k) {
            return mean[k];
        }

        double deviation(int k) {
            return count == 0 ? 0 : Math.sqrt(squares[k] / count);
        }
    }
}
