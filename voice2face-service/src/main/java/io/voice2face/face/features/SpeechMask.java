package io.voice2face.face.features;

import java.util.Arrays;

/** Which windows of a recording hold speech; one decision for every 512 samples at 16 kHz (32 ms). */
public final class SpeechMask {
    /** Samples per second of every recording in this service. */
    public static final int SAMPLE_RATE = 16_000;
    /** Samples per decision. */
    public static final int WINDOW = 512;

    private final boolean[] windows;

    private SpeechMask(boolean[] windows) {
        this.windows = windows;
    }

    /** Mask of explicit decisions. */
    public static SpeechMask of(boolean[] windows) {
        return new SpeechMask(windows.clone());
    }

    /** Mask that takes all of a recording of this many samples for speech. */
    public static SpeechMask everything(int samples) {
        boolean[] all = new boolean[(samples + WINDOW - 1) / WINDOW];
        Arrays.fill(all, true);
        return new SpeechMask(all);
    }

    /** Number of windows. */
    public int length() {
        return windows.length;
    }

    /** True where the window is speech. */
    public boolean isSpeech(int window) {
        return windows[window];
    }

    /** True where the sample lies in a window of speech; samples past the end belong to the last window. */
    public boolean covers(int sample) {
        return windows.length > 0 && windows[Math.min(sample / WINDOW, windows.length - 1)];
    }

    /** Seconds of speech. */
    public double speechSeconds() {
        int count = 0;
        for (boolean window : windows) {
            count += window ? 1 : 0;
        }
        return count * (double) WINDOW / SAMPLE_RATE;
    }
}
