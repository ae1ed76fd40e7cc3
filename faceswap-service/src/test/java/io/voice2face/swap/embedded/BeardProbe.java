package io.voice2face.swap.embedded;

import org.opencv.core.Mat;

import io.voice2face.swap.face.TrackedFace;

/** Lets the evaluation see where the embedded swapper finds a beard. */
public final class BeardProbe {
    private BeardProbe() {}

    /**
     * Share of the jaw from ear to ear that a beard grows on, 0..1.
     *
     * @param picture 8-bit BGR
     * @param xyz landmarks in its pixels
     */
    public static double share(Mat picture, float[] xyz) {
        try (BeardFinder finder = new BeardFinder()) {
            finder.look(picture, xyz, TrackedFace.eyeDistance(xyz));
            return finder.share();
        }
    }
}
