package io.voice2face.face.features;

import java.util.Arrays;

import org.jtransforms.fft.DoubleFFT_1D;

/**
 * The log mel filterbank that SF2F was trained with, as python_speech_features' {@code logfbank} makes it: samples in the
 * 16-bit range, pre-emphasis .97, frames of 25 ms every 10 ms without a window, |X|²/512, 40 filters from 0 Hz to half the
 * sampling rate whose edges are rounded down to FFT bins, natural logarithm.
 *
 * <p>At 48 kHz a frame has 1200 samples and the FFT takes the first 512 of them. That is no good idea, but weights exist
 * that were trained so.
 */
public final class LogFilterbank {
    /** Filters. */
    public static final int BANDS = 40;

    private static final int FFT = 512;
    private static final double PRE_EMPHASIS = 0.97;
    private static final double INT16 = 32768;
    private static final double EPSILON = Math.ulp(1.0);

    private final int frame;
    private final int hop;
    private final double[][] filters;

    /** For 16 kHz. */
    public LogFilterbank() {
        this(SpeechMask.SAMPLE_RATE);
    }

    /** @param rate samples a second */
    public LogFilterbank(int rate) {
        this.frame = rate / 40;
        this.hop = rate / 100;
        this.filters = filters(rate);
    }

    /** Samples that make so many frames. */
    public int samplesOf(int frames) {
        return (frames - 1) * hop + frame;
    }

    /**
     * Frames of a signal.
     *
     * @param samples mono in the rate of this filterbank, full scale ±1; at least one sample
     * @return one row of {@value #BANDS} values for each 10 ms; the last frame is padded with zeros
     */
    public float[][] of(double[] samples) {
        int frames = samples.length <= frame ? 1 : 1 + (samples.length - frame + hop - 1) / hop;
        float[][] rows = new float[frames][BANDS];
        double[] buffer = new double[FFT];
        double[] power = new double[FFT / 2 + 1];
        DoubleFFT_1D fft = new DoubleFFT_1D(FFT);
        for (int t = 0; t < frames; t++) {
            Arrays.fill(buffer, 0);
            for (int i = 0; i < Math.min(frame, FFT) && t * hop + i < samples.length; i++) {
                int n = t * hop + i;
                buffer[i] = INT16 * (samples[n] - (n == 0 ? 0 : PRE_EMPHASIS * samples[n - 1]));
            }
            fft.realForward(buffer);
            powers(buffer, power);
            for (int b = 0; b < BANDS; b++) {
                double energy = 0;
                for (int k = 0; k < power.length; k++) {
                    energy += filters[b][k] * power[k];
                }
                rows[t][b] = (float) Math.log(energy == 0 ? EPSILON : energy);
            }
        }
        return rows;
    }

    private static void powers(double[] spectrum, double[] power) {
        power[0] = spectrum[0] * spectrum[0] / FFT;
        power[FFT / 2] = spectrum[1] * spectrum[1] / FFT;
        for (int k = 1; k < FFT / 2; k++) {
            power[k] = (spectrum[2 * k] * spectrum[2 * k] + spectrum[2 * k + 1] * spectrum[2 * k + 1]) / FFT;
        }
    }

    private static double[][] filters(int rate) {
        double highest = 2595 * Math.log10(1 + rate / 2.0 / 700);
        int[] edge = new int[BANDS + 2];
        for (int i = 0; i < edge.length; i++) {
            double hz = 700 * (Math.pow(10, highest * i / (BANDS + 1) / 2595) - 1);
            edge[i] = (int) Math.floor((FFT + 1) * hz / rate);
        }
        double[][] filters = new double[BANDS][FFT / 2 + 1];
        for (int b = 0; b < BANDS; b++) {
            for (int k = edge[b]; k < edge[b + 1]; k++) {
                filters[b][k] = (double) (k - edge[b]) / (edge[b + 1] - edge[b]);
            }
            for (int k = edge[b + 1]; k < edge[b + 2]; k++) {
                filters[b][k] = (double) (edge[b + 2] - k) / (edge[b + 2] - edge[b + 1]);
            }
        }
        return filters;
    }
}
