package io.voice2face.swap.embedded;

import io.voice2face.swap.face.FaceRegions;
import io.voice2face.swap.face.Smoothstep;

/**
 * Lets the lids close. The mesh of a closed eye still stands open by a third; where the opening falls far below what the
 * person usually shows, the lid line is moved the rest of the way, and the source's own lid comes down with it.
 */
final class EyeLids {
    private static final int[][] UPPER = {{246, 161, 160, 159, 158, 157, 173}, {466, 388, 387, 386, 385, 384, 398}};
    private static final int[][] LOWER = {{7, 163, 144, 145, 153, 154, 155}, {249, 390, 373, 374, 380, 381, 382}};
    private static final int[][] CREASE = {{247, 30, 29, 27, 28, 56, 190}, {467, 260, 259, 257, 258, 286, 414}};
    private static final int[][] UNDER_BROW = {{113, 225, 224, 223, 222, 221, 189}, {342, 445, 444, 443, 442, 441, 413}
    };

    private static final float CREASE_SHARE = .45f;
    private static final float UNDER_BROW_SHARE = .12f;
    /** Where lids meet, from the lower lid line at rest. */
    private static final float MEETING = .12f;

    private final float[] usual = new float[2];
    private final float[] closure = new float[2];

    /** Opening of an eye: mean lid distance over the width of the eye. */
    static float aspect(float[] xyz, FaceRegions eye) {
        int side = eye == FaceRegions.LEFT_EYE ? 0 : 1;
        float height = 0;
        for (int i = 2; i < 5; i++) {
            height += distance(xyz, UPPER[side][i], LOWER[side][i]) / 3;
        }
        return height / Math.max(1e-3f, distance(xyz, eye.point(0), eye.point(8)));
    }

    private static float distance(float[] xyz, int a, int b) {
        float x = xyz[a * 3] - xyz[b * 3];
        float y = xyz[a * 3 + 1] - xyz[b * 3 + 1];
        float z = xyz[a * 3 + 2] - xyz[b * 3 + 2];
        return (float) Math.sqrt(x * x + y * y + z * z);
    }

    /** How far an eye was closed in the last frame, 0..1; 0 is the left eye, 1 the right. */
    float closure(int eye) {
        return closure[eye];
    }

    /** Moves the lid lines in place by what the mesh leaves open. */
    void close(float[] xyz) {
        float left = measure(xyz, 0);
        float right = measure(xyz, 1);
        // people blink with both eyes; the one seen better decides where they nearly agree
        float both = Math.min(left, right);
        closure[0] = left - both < .5f ? Math.max(left, .85f * right) : left;
        closure[1] = right - both < .5f ? Math.max(right, .85f * left) : right;
        for (int eye = 0; eye < 2; eye++) {
            if (closure[eye] > .01f) {
                move(xyz, eye, closure[eye]);
            }
        }
    }

    private float measure(float[] xyz, int eye) {
        float aspect = aspect(xyz, eye == 0 ? FaceRegions.LEFT_EYE : FaceRegions.RIGHT_EYE);
        if (usual[eye] == 0) {
            // people are rarely met in the middle of a blink, but a squint must not count as the usual opening
            usual[eye] = Math.max(aspect, .22f);
        }
        float rate = aspect > usual[eye] ? .25f : .004f;
        usual[eye] += rate * (aspect - usual[eye]);
        return 1 - Smoothstep.of(aspect / usual[eye], .42f, .74f);
    }

    private void move(float[] xyz, int eye, float amount) {
        for (int i = 0; i < UPPER[eye].length; i++) {
            int up = UPPER[eye][i] * 3;
            int low = LOWER[eye][i] * 3;
            int crease = CREASE[eye][i] * 3;
            int brow = UNDER_BROW[eye][i] * 3;
            for (int a = 0; a < 3; a++) {
                float gap = xyz[low + a] - xyz[up + a];
                xyz[up + a] += amount * (1 - MEETING) * gap;
                xyz[low + a] -= amount * MEETING * gap;
                xyz[crease + a] += amount * CREASE_SHARE * gap;
                xyz[brow + a] += amount * UNDER_BROW_SHARE * gap;
            }
        }
    }
}
