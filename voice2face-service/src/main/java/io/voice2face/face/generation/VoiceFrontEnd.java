package io.voice2face.face.generation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import io.voice2face.face.features.Interpolation;
import io.voice2face.face.features.LogFilterbank;
import io.voice2face.face.features.SpeechMask;
import io.voice2face.face.features.SphinxLogSpectrum;
import io.voice2face.inference.ModelPack;

/** How a voice-to-face model wants to hear a voice, and how its picture is to be read. */
sealed interface VoiceFrontEnd {

    /**
     * The input tensor of a voice.
     *
     * @param speech the speech of a recording without the pauses, 16 kHz mono, loudness normalised
     * @param attempt 1 to use all of it; further attempts hear it differently where the model allows it
     */
    Input listen(double[] speech, int attempt);

    /** Mean that pictures are normalised with; channels are R, G, B. */
    float imageMean(int channel);

    /** Standard deviation that pictures are normalised with; channels are R, G, B. */
    float imageDeviation(int channel);

    /** Values and shape of a tensor. */
    record Input(float[] values, long[] shape) {}

    /** The front end that a pack's manifest asks for with {@code front-end: sf2f} (the default) or {@code cmu}. */
    static VoiceFrontEnd of(ModelPack pack) {
        String name = pack.manifest().path("front-end").asText("sf2f");
        return switch (name) {
            case "sf2f" -> pack.manifest().path("legacy-48khz").asBoolean(false) ? Sf2f.legacy() : new Sf2f();
            case "cmu" -> new Cmu();
            default -> throw pack.fault("asks for the front end \"" + name + "\"; known are sf2f and cmu");
        };
    }

    /**
     * SF2F (Bai et al., 2022): log filterbank standardised with (x − 10.9915)/3.1661, windows of 125 frames every 63,
     * [1, N, 40, 125]; pictures normalised as ImageNet's. A voice that is shorter than one window (1.26 s) is repeated.
     *
     * @param interpolation to the filterbank's rate
     */
    record Sf2f(Interpolation interpolation, LogFilterbank filterbank) implements VoiceFrontEnd {
        private static final double MEAN = 10.9915;
        private static final double DEVIATION = 3.1661;
        private static final List<Float> IMAGENET_MEAN = List.of(0.485f, 0.456f, 0.406f);
        private static final List<Float> IMAGENET_DEVIATION = List.of(0.229f, 0.224f, 0.225f);
        private static final int WINDOW = 125;
        private static final int STRIDE = 63;
        private static final int LEGACY_FACTOR = 3;

        Sf2f() {
            this(new Interpolation(1), new LogFilterbank());
        }

        /** For weights whose training fed frames of 48 kHz into the 512 points, as the first service of this kind did. */
        static Sf2f legacy() {
            return new Sf2f(
                    new Interpolation(LEGACY_FACTOR), new LogFilterbank(LEGACY_FACTOR * SpeechMask.SAMPLE_RATE));
        }

        @Override
        public Input listen(double[] speech, int attempt) {
            float[][] frames = filterbank.of(repeated(interpolation.of(speech), filterbank.samplesOf(WINDOW)));
            List<Integer> starts = new ArrayList<>();
            for (int start = 0; start + WINDOW <= frames.length; start += STRIDE) {
                starts.add(start);
            }
            if (attempt > 1 && starts.size() > 1) {
                Collections.shuffle(starts, new Random(attempt));
                starts = starts.subList(0, (starts.size() + 1) / 2);
            }
            int bands = LogFilterbank.BANDS;
            float[] values = new float[starts.size() * bands * WINDOW];
            int at = 0;
            for (int start : starts) {
                for (int band = 0; band < bands; band++) {
                    for (int t = 0; t < WINDOW; t++) {
                        values[at++] = (float) ((frames[start + t][band] - MEAN) / DEVIATION);
                    }
                }
            }
            return new Input(values, new long[] {1, starts.size(), bands, WINDOW});
        }

        @Override
        public float imageMean(int channel) {
            return IMAGENET_MEAN.get(channel);
        }

        @Override
        public float imageDeviation(int channel) {
            return IMAGENET_DEVIATION.get(channel);
        }
    }

    /** CMU's baseline (Wen, Singh and Raj, 2019): [1, 64, frames]; pictures in −1..1. */
    record Cmu(SphinxLogSpectrum spectrum) implements VoiceFrontEnd {
        Cmu() {
            this(new SphinxLogSpectrum());
        }

        @Override
        public Input listen(double[] speech, int attempt) {
            float[][] frames = spectrum.of(speech);
            int bands = SphinxLogSpectrum.BANDS;
            float[] values = new float[bands * frames.length];
            for (int band = 0; band < bands; band++) {
                for (int t = 0; t < frames.length; t++) {
                    values[band * frames.length + t] = frames[t][band];
                }
            }
            return new Input(values, new long[] {1, bands, frames.length});
        }

        @Override
        public float imageMean(int channel) {
            return 0.5f;
        }

        @Override
        public float imageDeviation(int channel) {
            return 0.5f;
        }
    }

    private static double[] repeated(double[] samples, int least) {
        if (samples.length >= least) {
            return samples;
        }
        double[] repeated = new double[least];
        for (int i = 0; i < least; i++) {
            repeated[i] = samples[i % samples.length];
        }
        return repeated;
    }
}
