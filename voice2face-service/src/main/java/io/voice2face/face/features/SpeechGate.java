package io.voice2face.face.features;

import java.util.Arrays;

/**
 * Turns speech probabilities into a mask: on at .5, off below .35; gaps of less than four windows (128 ms) between
 * speech are filled, then runs of less than three (96 ms) are dropped.
 */
public final class SpeechGate {
    private static final double ON = 0.5;
    private static final double OFF = 0.35;
    private static final int SHORTEST_GAP = 4;
    private static final int SHORTEST_RUN = 3;

    private SpeechGate() {}

    /** Mask of one probability per window. */
    public static SpeechMask gate(float[] probabilities) {
        boolean[] mask = new boolean[probabilities.length];
        boolean on = false;
        for (int i = 0; i < mask.length; i++) {
            on = probabilities[i] >= (on ? OFF : ON);
            mask[i] = on;
        }
        replaceShortRuns(mask, false, SHORTEST_GAP);
        replaceShortRuns(mask, true, SHORTEST_RUN);
        return SpeechMask.of(mask);
    }

    /** Flips runs of {@code value} that are too short; silence at either end is never a gap. */
    private static void replaceShortRuns(boolean[] mask, boolean value, int shortest) {
        int end;
        for (int start = 0; start < mask.length; start = end) {
            end = start + 1;
            while (end < mask.length && mask[end] == mask[start]) {
                end++;
            }
            boolean atEdge = start == 0 || end == mask.length;
            if (mask[start] == value && end - start < shortest && (value || !atEdge)) {
                Arrays.fill(mask, start, end, !value);
                // What was flipped joins its neighbours; the run that follows still begins at `end`.
            }
        }
    }
}
