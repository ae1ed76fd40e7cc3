package io.voice2face.face.features;

/**
 * Level-free shape of the long-term average spectrum: periodic Hann 1486, FFT 2048, hop 372; power averaged over the
 * frames whose centre is speech; bands 3..87 of 128 Slaney mel filters over 0–11025 Hz (all below 3.8 kHz, so that
 * telephone speech has them too); natural logarithm of the share of the mean power, mean removed.
 */
final class LongTermSpectrum {
    static final int BANDS = 85;
    private static final int WINDOW = 1486;
    private static final int FFT = 2048;
    private static final int HOP = 372;
    private static final double FLOOR = 1e-5;

    private final MelFilterbank filters = MelFilterbank.slaney(128, 11_025, 3, BANDS, FFT);

    /** {@value #BANDS} values with a mean of 0. */
    double[] of(double[] samples, SpeechMask speech) {
        PowerSpectrum spectrum = new PowerSpectrum(WINDOW, FFT);
        double[] band = new double[BANDS];
        double[] mean = new double[BANDS];
        for (int start = 0; start + WINDOW <= samples.length; start += HOP) {
            if (speech.covers(start + WINDOW / 2)) {
                filters.apply(spectrum.of(samples, start), band);
                for (int b = 0; b < BANDS; b++) {
                    mean[b] += band[b];
                }
            }
        }
        return shape(mean);
    }

    private static double[] shape(double[] power) {
        double level = Math.max(Statistics.mean(power), 1e-30);
        double[] shape = new double[power.length];
        for (int b = 0; b < shape.length; b++) {
            shape[b] = Math.log(power[b] / level + FLOOR);
        }
        double centre = Statistics.mean(shape);
        for (int b = 0; b < shape.length; b++) {
            shape[b] -= centre;
        }
        return shape;
    }
}
