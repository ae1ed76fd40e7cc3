package io.voice2face.swap.face;

/** The cubic ramp that all soft thresholds use. */
public final class Smoothstep {
    private Smoothstep() {}

    /** 0 at and below {@code from}, 1 at and above {@code to}, 3t² − 2t³ between. */
    public static float of(float value, float from, float to) {
        float t = (value - from) / (to - from);
        if (t <= 0) {
            return 0;
        }
        if (t >= 1) {
            return 1;
        }
        return t * t * (3 - 2 * t);
    }
}
