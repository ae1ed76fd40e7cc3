package io.voice2face.swap.face;

/**
 * Low-pass filter of several values whose cutoff rises with speed, so that still things stand still and moving things do
 * not lag. Source: Casiez, Roussel, Vogel, "1€ Filter", CHI 2012. All values share one speed, the root mean square.
 */
public final class OneEuroFilter {
    private final float minimumCutoff;
    private final float beta;
    private final float derivativeCutoff;
    private final float[] value;
    private final float[] speed;
    private boolean started;

    /**
     * @param size number of values
     * @param minimumCutoff cutoff in Hz at rest
     * @param beta Hz by which the cutoff rises for each unit per second
     * @param derivativeCutoff cutoff in Hz of the speed estimate
     */
    public OneEuroFilter(int size, float minimumCutoff, float beta, float derivativeCutoff) {
        this.value = new float[size];
        this.speed = new float[size];
        this.minimumCutoff = minimumCutoff;
        this.beta = beta;
        this.derivativeCutoff = derivativeCutoff;
    }

    /** Forgets the past. */
    public void reset() {
        started = false;
    }

    /**
     * Filters in place.
     *
     * @param values new raw values, replaced by the smoothed ones
     * @param seconds time since the last call, above 0
     */
    public void filter(float[] values, float seconds) {
        if (!started) {
            System.arraycopy(values, 0, value, 0, value.length);
            java.util.Arrays.fill(speed, 0);
            started = true;
            return;
        }
        float derivativeGain = gain(derivativeCutoff, seconds);
        double energy = 0;
        for (int i = 0; i < value.length; i++) {
            speed[i] += derivativeGain * ((values[i] - value[i]) / seconds - speed[i]);
            energy += speed[i] * speed[i];
        }
        float rms = (float) Math.sqrt(energy / value.length);
        float valueGain = gain(minimumCutoff + beta * rms, seconds);
        for (int i = 0; i < value.length; i++) {
            value[i] += valueGain * (values[i] - value[i]);
            values[i] = value[i];
        }
    }

    private static float gain(float cutoff, float seconds) {
        float r = (float) (2 * Math.PI * cutoff * seconds);
        return r / (r + 1);
    }
}
