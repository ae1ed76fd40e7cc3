package io.voice2face.face.features;

import java.util.Arrays;

import org.jtransforms.fft.DoubleFFT_1D;

/**
 * Fundamental frequency by YIN (de Cheveigné and Kawahara, 2002): integration window 640, hop 160, lags of 40..266
 * samples (400–60 Hz), cumulative-mean-normalised difference, first local minimum below .2 or else the lowest value,
 * parabolic interpolation. A frame counts as voiced where its energy is within 25 dB of the 95th percentile and the
 * difference is below .25. A second pass looks only between median/1.8 and 2·median, which removes octave errors.
 */
final class PitchTracker {
    private static final int WINDOW = 640;
    private static final int HOP = 160;
    private static final int MIN_LAG = 40;
    private static final int MAX_LAG = 266;
    private static final int FRAME = WINDOW + MAX_LAG + 1;
    private static final int FFT = 2048;
    private static final int MIN_VOICED_FRAMES = 5;
    private static final double DIP = 0.2;
    private static final double VOICED = 0.25;
    private static final double ENERGY_RANGE = Math.pow(10, -2.5);

    PitchStatistics of(double[] samples, SpeechMask speech) {
        int frames = samples.length < FRAME ? 0 : (samples.length - FRAME) / HOP + 1;
        double[][] difference = new double[frames][];
        double[] energy = new double[frames];
        int inside = 0;
        Yin yin = new Yin();
        for (int t = 0; t < frames; t++) {
            if (speech.covers(t * HOP + FRAME / 2)) {
                difference[inside] = new double[MAX_LAG + 2];
                energy[inside] = yin.difference(samples, t * HOP, difference[inside]);
                inside++;
            }
        }
        if (inside == 0) {
            return PitchStatistics.UNVOICED;
        }
        double[][] loud = loudFrames(Arrays.copyOf(difference, inside), Arrays.copyOf(energy, inside));
        double[] first = track(loud, MIN_LAG, MAX_LAG);
        if (first.length < MIN_VOICED_FRAMES) {
            return PitchStatistics.UNVOICED;
        }
        double median = Statistics.percentile(first, 50);
        int shortest = Math.max(MIN_LAG, (int) Math.ceil(SpeechMask.SAMPLE_RATE / (2 * median)));
        int longest = Math.min(MAX_LAG, (int) Math.floor(SpeechMask.SAMPLE_RATE * 1.8 / median));
        double[] second = track(loud, shortest, longest);
        if (second.length < MIN_VOICED_FRAMES) {
            return PitchStatistics.UNVOICED;
        }
        return new PitchStatistics(
                Statistics.percentile(second, 50),
                Statistics.percentile(second, 10),
                Statistics.percentile(second, 90),
                (double) second.length / inside);
    }

    private static double[][] loudFrames(double[][] difference, double[] energy) {
        double least = Statistics.percentile(energy, 95) * ENERGY_RANGE;
        int count = 0;
        double[][] loud = new double[difference.length][];
        for (int t = 0; t < difference.length; t++) {
            if (energy[t] >= least) {
                loud[count++] = difference[t];
            }
        }
        return Arrays.copyOf(loud, count);
    }

    /** F0 in Hz of the voiced frames, looking at the lags from {@code shortest} to {@code longest}. */
    private static double[] track(double[][] differences, int shortest, int longest) {
        double[] hz = new double[differences.length];
        int voiced = 0;
        for (double[] d : differences) {
            int lag = bestLag(d, shortest, longest);
            if (d[lag] < VOICED) {
                double bend = d[lag - 1] - 2 * d[lag] + d[lag + 1];
                double shift = bend > 1e-12 ? 0.5 * (d[lag - 1] - d[lag + 1]) / bend : 0;
                hz[voiced++] = SpeechMask.SAMPLE_RATE / (lag + Math.max(-1, Math.min(1, shift)));
            }
        }
        return Arrays.copyOf(hz, voiced);
    }

    private static int bestLag(double[] d, int shortest, int longest) {
        int lowest = shortest;
        for (int lag = shortest; lag <= longest; lag++) {
            if (d[lag] < DIP && d[lag] < d[lag - 1] && d[lag] <= d[lag + 1]) {
                return lag;
            }
            if (d[lag] < d[lowest]) {
                lowest = lag;
            }
        }
        return lowest;
    }

    /** The difference function of one frame, through the cross-correlation in the frequency domain. */
    private static final class Yin {
        private final DoubleFFT_1D fft = new DoubleFFT_1D(FFT);
        private final double[] head = new double[FFT];
        private final double[] whole = new double[FFT];
        private final double[] squares = new double[FRAME + 1];

        /** Fills the normalised difference for lags 0..{@value #MAX_LAG}+1; returns the energy of the window. */
        double difference(double[] samples, int start, double[] out) {
            for (int i = 0; i < FRAME; i++) {
                double x = samples[start + i];
                whole[i] = x;
                head[i] = i < WINDOW ? x : 0;
                squares[i + 1] = squares[i] + x * x;
            }
            Arrays.fill(whole, FRAME, FFT, 0);
            Arrays.fill(head, FRAME, FFT, 0);
            correlate();
            double energy = squares[WINDOW];
            double sum = 0;
            out[0] = 1;
            for (int lag = 1; lag <= MAX_LAG + 1; lag++) {
                double shifted = squares[lag + WINDOW] - squares[lag];
                double d = Math.max(0, energy + shifted - 2 * whole[lag]);
                sum += d;
                out[lag] = d * lag / Math.max(sum, 1e-20);
            }
            return energy;
        }

        /** Replaces {@code whole} by its cross-correlation with {@code head}. */
        private void correlate() {
            fft.realForward(head);
            fft.realForward(whole);
            whole[0] *= head[0];
            whole[1] *= head[1];
            for (int i = 2; i < FFT; i += 2) {
                double re = head[i] * whole[i] + head[i + 1] * whole[i + 1];
                double im = head[i] * whole[i + 1] - head[i + 1] * whole[i];
                whole[i] = re;
                whole[i + 1] = im;
            }
            fft.realInverse(whole, true);
        }
    }
}
