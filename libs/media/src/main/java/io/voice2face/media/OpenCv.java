package io.voice2face.media;

import org.opencv.core.Core;

import nu.pattern.OpenCV;

/** The one place that loads OpenCV's native library. */
public final class OpenCv {
    private OpenCv() {}

    /**
     * Loads the library on the first call and does nothing later. Every class of ours that touches a Mat calls this
     * first; none may hold a Mat in a static field, since that would be created before the library is there.
     */
    public static void load() {
        Loaded.touch();
    }

    private static final class Loaded {
        static {
            OpenCV.loadLocally();
            // Frames are worked on in parallel; OpenCV's own threads under that only fight for the same cores.
            Core.setNumThreads(1);
        }

        static void touch() {
            // running the static initialiser is the work
        }
    }
}
