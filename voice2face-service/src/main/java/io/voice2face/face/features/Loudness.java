package io.voice2face.face.features;

/**
 * Level of a recording: mean removed, then scaled so that the 95th percentile of the RMS of 30 ms frames is −22 dBFS
 * (.08). The gain is at most 100 (40 dB), and digital silence is left as it is.
 */
public final class Loudness {
    private static final int FRAME = 480;
    private static final double TARGET_RMS = 0.08;
    private static final double SILENCE_RMS = 1e-4;
    private static final double MAX_GAIN = 100;

    private Loudness() {}

    /**
     * Normalised samples and the level they had.
     *
     * @param samples mean 0, full scale ±1 (may be passed by peaks)
     * @param levelDbfs 95th percentile of the frames' RMS before, in dB of full scale; −120 for digital silence
     */
    public record Normalised(double[] samples, double levelDbfs) {}

    /** Normalises a copy of the samples. */
    public static Normalised normalise(float[] samples) {
        double mean = 0;
        for (float sample : samples) {
            mean += sample;
        }
        mean /= Math.max(1, samples.length);
        double[] centred = new double[samples.length];
        for (int i = 0; i < centred.length; i++) {
            centred[i] = samples[i] - mean;
        }
        double rms = loudRms(centred);
        if (rms >= SILENCE_RMS) {
            double gain = Math.min(MAX_GAIN, TARGET_RMS / rms);
            for (int i = 0; i < centred.length; i++) {
                centred[i] *= gain;
            }
        }
        return new Normalised(centred, Math.max(-120, 20 * Math.log10(Math.max(rms, 1e-6))));
    }

    private static double loudRms(double[] samples) {
        int frames = samples.length / FRAME;
        if (frames == 0) {
            return 0;
        }
        double[] rms = new double[frames];
        for (int t = 0; t < frames; t++) {
            double sum = 0;
            for (int i = t * FRAME; i < (t + 1) * FRAME; i++) {
                sum += samples[i] * samples[i];
            }
            rms[t] = Math.sqrt(sum / FRAME);
        }
        return Statistics.percentile(rms, 95);
    }
}
