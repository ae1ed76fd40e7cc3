package io.voice2face.face.features;

/**
 * Raises the sampling rate by a whole factor: a sinc of the old band, 16 of its zero crossings to either side under a
 * Blackman window. What the recording did not hold above half of its own rate stays silent.
 */
public final class Interpolation {
    private static final int CROSSINGS = 16;

    private final int factor;
    private final double[] kernel;

    /** @param factor new rate over old rate, 1 or more */
    public Interpolation(int factor) {
        this.factor = factor;
        int reach = CROSSINGS * factor;
        this.kernel = new double[2 * reach + 1];
        for (int i = -reach; i <= reach; i++) {
            double phase = Math.PI * i / factor;
            double sinc = i == 0 ? 1 : Math.sin(phase) / phase;
            double across = Math.PI * i / reach;
            kernel[i + reach] = sinc * (0.42 + 0.5 * Math.cos(across) + 0.08 * Math.cos(2 * across));
        }
    }

    /** The signal with {@code factor} times as many samples; silence is assumed before and after it. */
    public double[] of(double[] samples) {
        int reach = CROSSINGS * factor;
        double[] raised = new double[samples.length * factor];
        for (int n = 0; n < raised.length; n++) {
            int first = Math.max(0, (n - reach + factor - 1) / factor);
            int last = Math.min(samples.length - 1, (n + reach) / factor);
            double sum = 0;
            for (int k = first; k <= last; k++) {
                sum += samples[k] * kernel[n - k * factor + reach];
            }
            raised[n] = sum;
        }
        return raised;
    }
}
