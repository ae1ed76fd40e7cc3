package io.voice2face.face.features;

import java.util.Arrays;

import org.jtransforms.fft.DoubleFFT_1D;

/** Power spectra of Hann-windowed frames. Not thread-safe: the buffers are reused from frame to frame. */
final class PowerSpectrum {
    private final double[] window;
    private final double[] buffer;
    private final double[] power;
    private final DoubleFFT_1D fft;

    PowerSpectrum(int windowLength, int fftLength) {
        window = new double[windowLength];
        for (int i = 0; i < windowLength; i++) {
            window[i] = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / windowLength);
        }
        buffer = new double[fftLength];
        power = new double[fftLength / 2 + 1];
        fft = new DoubleFFT_1D(fftLength);
    }

    /** |X|² of the frame that begins at {@code start}; the array is overwritten by the next call. */
    double[] of(double[] samples, int start) {
        for (int i = 0; i < window.length; i++) {
            buffer[i] = samples[start + i] * window[i];
        }
        Arrays.fill(buffer, window.length, buffer.length, 0);
        fft.realForward(buffer);
        int half = buffer.length / 2;
        // JTransforms packs the real values of bin 0 and of the Nyquist bin into the first two places.
        power[0] = buffer[0] * buffer[0];
        power[half] = buffer[1] * buffer[1];
        for (int bin = 1; bin < half; bin++) {
            double re = buffer[2 * bin];
            double im = buffer[2 * bin + 1];
            power[bin] = re * re + im * im;
        }
        return power;
    }
}
