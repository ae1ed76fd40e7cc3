package io.voice2face.swap.face;

import java.util.List;

/** Landmark indices of the parts of a face, in the numbering of the MediaPipe face mesh. Left and right as seen. */
public enum FaceRegions {
    /** Outline of the mesh, clockwise from the top of the forehead. */
    OVAL(
            10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149,
            150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
    /** Lid line of the eye at the viewer's left: lower lid from the outer corner, then the upper lid back. */
    LEFT_EYE(33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    /** Lid line of the eye at the viewer's right: lower lid from the outer corner, then the upper lid back. */
    RIGHT_EYE(263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
    /** Brow over the left eye. */
    LEFT_BROW(70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    /** Brow over the right eye. */
    RIGHT_BROW(300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
    /** Outer border of the lips. */
    OUTER_LIPS(61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185),
    /** Inner border of the lips. */
    INNER_LIPS(78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191),
    /** Lower end of the nose with both nostrils. */
    NOSTRILS(98, 97, 2, 326, 327, 294, 278, 344, 440, 275, 4, 45, 220, 115, 48, 64),
    /** Points that expression hardly moves; the pose is taken from them. */
    RIGID(
            33, 133, 263, 362, 168, 6, 197, 195, 5, 4, 1, 10, 151, 9, 8, 127, 356, 234, 454, 54, 284, 93, 323, 50, 280,
            117, 346);

    /** Parts that have colours of their own: eyes, brows, lips, nostrils. */
    public static final List<FaceRegions> FEATURES =
            List.of(LEFT_EYE, RIGHT_EYE, LEFT_BROW, RIGHT_BROW, OUTER_LIPS, NOSTRILS);

    private final int[] points;

    FaceRegions(int... points) {
        this.points = points;
    }

    /** Number of landmarks. */
    public int size() {
        return points.length;
    }

    /** Landmark at a position. */
    public int point(int position) {
        return points[position];
    }

    /** All landmarks, a copy. */
    public int[] points() {
        return points.clone();
    }
}
