package io.voice2face.swap.embedded;

import io.voice2face.swap.FaceSwapper;

/** Lets the evaluation see what the embedded swapper takes for an occluder. */
public final class OcclusionProbe {
    private OcclusionProbe() {}

    /** Share of the covered face that counts as occluded in the last frame, 0..1. */
    public static double share(FaceSwapper.SwapSession session) {
        return ((EmbeddedSwapSession) session).occludedShare();
    }
}
