package io.voice2face.face.features;

import java.util.Arrays;

import org.jtransforms.fft.DoubleFFT_1D;

/**
 * The log mel filterbank that SF2F was trained with, as python_speech_features' {@code logfbank} makes it: samples in the
 * 16-bit range, pre-emphasis .97, frames of 400 samples every 160 without a window, |X|²/512, 40 filters from 0 to 8000 Hz
 * whose edges are rounded down to FFT bins, natural logarithm.
 */
public final class LogFilterbank {
    /** Filters. */
    public static final int BANDS = 40;

    private static final int FRAME = 400;
    private static final int HOP = 160;
    private static final int FFT = 512;
    private static final double PRE_EMPHASIS = 0.97;
    private static final double INT16 = 32768;
    private static final double EPSILON = Math.ulp(1.0);

    private final double[][] filters = filters();

    /**
     * Frames of a signal.
     *
     * @param samples 16 kHz mono, full scale ±1; at least one sample
     * @return one row of {@value #BANDS} values for each 10 ms; the last frame is padded with zeros
     */
    public float[][] of(double[] samples) {
        int frames = samples.length <= FRAME ? 1 : 1 + (samples.length - FRAME + HOP - 1) / HOP;
        float[][] rows = new float[frames][BANDS];
        double[] buffer = new double[FFT];
        double[] power = new double[FFT / 2 + 1];
        DoubleFFT_1D fft = new DoubleFFT_1D(FFT);
        for (int t = 0; t < frames; t++) {
            Arrays.fill(buffer, 0);
            for (int i = 0; i < FRAME && t * HOP + i < samples.length; i++) {
                int n = t * HOP + i;
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

    private static double[][] filters() {
        double highest = 2595 * Math.log10(1 + SpeechMask.SAMPLE_RATE / 2.0 / 700);
        int[] edge = new int[BANDS + 2];
        for (int i = 0; i < edge.length; i++) {
            double hz = 700 * (Math.pow(10, highest * i / (BANDS + 1) / 2595) - 1);
            edge[i] = (int) Math.floor((FFT + 1) * hz / SpeechMask.SAMPLE_RATE);
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
