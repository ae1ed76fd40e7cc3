package io.voice2face.face.voice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.voice2face.face.features.SpeechMask;

/** What makes a recording less telling than it could be. */
final class QualityHints {
    /** The loudest parts are cut off. */
    static final String CLIPPING = "clipping";
    /** Much quieter than a voice close to a microphone. */
    static final String LOW_LEVEL = "low_level";
    /** Less than 15 dB between the voice and what is heard between the words. */
    static final String NOISY = "noisy";

    private static final double FULL_SCALE = 0.985;
    private static final int CLIPPED_RUN = 3;
    private static final double CLIPPED_SHARE = 5e-4;
    private static final double LOW_LEVEL_DBFS = -42;
    private static final double LEAST_SNR_DB = 15;
    private static final int LEAST_PAUSE_WINDOWS = 4;

    private QualityHints() {}

    /**
     * Hints about a recording.
     *
     * @param original samples as decoded, full scale ±1
     * @param normalised the same after {@link io.voice2face.face.features.Loudness}
     * @param levelDbfs level before normalisation
     */
    static List<String> of(float[] original, double[] normalised, double levelDbfs, SpeechMask speech) {
        List<String> hints = new ArrayList<>();
        if (clippedShare(original) > CLIPPED_SHARE) {
            hints.add(CLIPPING);
        }
        if (levelDbfs < LOW_LEVEL_DBFS) {
            hints.add(LOW_LEVEL);
        }
        if (signalToNoiseDb(normalised, speech) < LEAST_SNR_DB) {
            hints.add(NOISY);
        }
        return List.copyOf(hints);
    }

    /** Share of the samples that stand in runs at full scale. */
    private static double clippedShare(float[] samples) {
        int clipped = 0;
        int run = 0;
        for (int i = 0; i <= samples.length; i++) {
            if (i < samples.length && Math.abs(samples[i]) >= FULL_SCALE) {
                run++;
            } else {
                clipped += run >= CLIPPED_RUN ? run : 0;
                run = 0;
            }
        }
        return (double) clipped / Math.max(1, samples.length);
    }

    /** Mean power of speech against the median power of the pauses; infinite where there are hardly any pauses. */
    private static double signalToNoiseDb(double[] samples, SpeechMask speech) {
        double[] pauses = new double[speech.length()];
        int pauseCount = 0;
        double speechPower = 0;
        int speechCount = 0;
        for (int window = 0; window < speech.length(); window++) {
            int end = (window + 1) * SpeechMask.WINDOW;
            if (end > samples.length) {
                break;
            }
            double power = 0;
            for (int i = end - SpeechMask.WINDOW; i < end; i++) {
                power += samples[i] * samples[i];
            }
            if (speech.isSpeech(window)) {
                speechPower += power;
                speechCount++;
            } else {
                pauses[pauseCount++] = power;
            }
        }
        if (pauseCount < LEAST_PAUSE_WINDOWS || speechCount == 0) {
            return Double.POSITIVE_INFINITY;
        }
        Arrays.sort(pauses, 0, pauseCount);
        double noise = Math.max(pauses[pauseCount / 2], 1e-12);
        return 10 * Math.log10(speechPower / speechCount / noise);
    }
}
