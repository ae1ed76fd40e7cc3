package io.voice2face.media;

/** Seconds per tick of a timestamp, as a fraction. */
public record TimeBase(int numerator, int denominator) {
    public TimeBase {
        if (numerator <= 0 || denominator <= 0) {
            throw new IllegalArgumentException("time base " + numerator + "/" + denominator);
        }
    }

    public long toMicros(long ticks) {
        return Math.round(ticks * 1e6 * numerator / denominator);
    }

    public double toSeconds(long ticks) {
        return (double) ticks * numerator / denominator;
    }

    public long fromSeconds(double seconds) {
        return Math.round(seconds * denominator / numerator);
    }
}
