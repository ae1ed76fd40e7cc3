package io.voice2face.face.features;

import java.util.Arrays;

import org.jtransforms.fft.DoubleFFT_1D;

/**
 * The log mel spectrum that CMU's voice2face baseline (Wen, Singh and Raj, 2019) was trained with: samples in the 16-bit
 * range, frames of 400 samples every 160, pre-emphasis .97 that goes on from frame to frame, Hamming window, FFT 1024,
 * 64 area-normalised filters over 20–7200 Hz with edges rounded to FFT bins, natural logarithm of at least 10⁻⁵; each band
 * standardised over time; repeated until there are {@value #LEAST_FRAMES} frames.
 */
public final class SphinxLogSpectrum {
    /** Filters. */
    public static final int BANDS = 64;
    /** Frames that there are at least: 10 s. */
    public static final int LEAST_FRAMES = 1000;

    private static final int FRAME = 400;
    private static final int HOP = 160;
    private static final int FFT = 1024;
    private static final double LOW_HZ = 20;
    private static final double HIGH_HZ = 7200;
    private static final double PRE_EMPHASIS = 0.97;
    private static final double INT16 = 32768;
    private static final double FLOOR = 1e-5;

    private final double[][] filters = filters();
    private final double[] window = new double[FRAME];

    public SphinxLogSpectrum() {
        for (int i = 0; i < FRAME; i++) {
            window[i] = 0.54 - 0.46 * Math.cos(2 * Math.PI * i / (FRAME - 1));
        }
    }

    /**
     * Frames of a signal, standardised and repeated.
     *
     * @param samples 16 kHz mono, full scale ±1; at least one frame
     * @return one row of {@value #BANDS} values for each 10 ms, at least {@value #LEAST_FRAMES}
     */
    public float[][] of(double[] samples) {
        double[][] rows = logSpectrum(samples);
        standardise(rows);
        float[][] repeated = new float[Math.max(rows.length, LEAST_FRAMES)][BANDS];
        for (int t = 0; t < repeated.length; t++) {
            for (int b = 0; b < BANDS; b++) {
                repeated[t][b] = (float) rows[t % rows.length][b];
            }
        }
        return repeated;
    }

    private double[][] logSpectrum(double[] samples) {
        // The original's last frames, cut short by the end of the signal, repeat their own beginning; whole ones
        // suffice.
        int frames = Math.max(1, (samples.length - FRAME) / HOP + 1);
        double[][] rows = new double[frames][BANDS];
        double[] buffer = new double[FFT];
        DoubleFFT_1D fft = new DoubleFFT_1D(FFT);
        double prior = 0;
        for (int t = 0; t < frames; t++) {
            Arrays.fill(buffer, 0);
            for (int i = 0; i < FRAME && t * HOP + i < samples.length; i++) {
                double sample = INT16 * samples[t * HOP + i];
                buffer[i] = window[i] * (sample - PRE_EMPHASIS * prior);
                prior = sample;
            }
            fft.realForward(buffer);
            for (int b = 0; b < BANDS; b++) {
                rows[t][b] = Math.log(Math.max(FLOOR, energy(buffer, filters[b])));
            }
        }
        return rows;
    }

    private static double energy(double[] spectrum, double[] filter) {
        double sum = 0;
        // No filter reaches bin 0 or the Nyquist bin, which JTransforms packs together.
        for (int k = 1; k < FFT / 2; k++) {
            if (filter[k] != 0) {
                double re = spectrum[2 * k];
                double im = spectrum[2 * k + 1];
                sum += filter[k] * (re * re + im * im);
            }
        }
        return sum;
    }

    private static void standardise(double[][] rows) {
        for (int b = 0; b < BANDS; b++) {
            double mean = 0;
            for (double[] row : rows) {
                mean += row[b] / rows.length;
            }
            double squares = 0;
            for (double[] row : rows) {
                squares += (row[b] - mean) * (row[b] - mean) / rows.length;
            }
            double deviation = Math.sqrt(squares) + Math.ulp(1f);
            for (double[] row : rows) {
                row[b] = (row[b] - mean) / deviation;
            }
        }
    }

    private static double[][] filters() {
        double low = mel(LOW_HZ);
        double step = (mel(HIGH_HZ) - low) / (BANDS + 1);
        double binHz = (double) SpeechMask.SAMPLE_RATE / FFT;
        int[] edge = new int[BANDS + 2];
        for (int i = 0; i < edge.length; i++) {
            edge[i] = (int) Math.rint(700 * (Math.pow(10, (low + step * i) / 2595) - 1) / binHz);
        }
        double[][] filters = new double[BANDS][FFT / 2 + 1];
        for (int b = 0; b < BANDS; b++) {
            int left = edge[b];
            int centre = edge[b + 1];
            int right = edge[b + 2];
            double height = 2 / ((right - left) * binHz);
            for (int k = left + 1; k < centre; k++) {
                filters[b][k] = height * (k - left) / (centre - left);
            }
            filters[b][centre] = height;
            for (int k = centre + 1; k < right; k++) {
                filters[b][k] = height * (right - k) / (right - centre);
            }
        }
        return filters;
    }

    private static double mel(double hz) {
        return 2595 * Math.log10(1 + hz / 700);
    }
}
