package io.voice2face.swap.face;

/**
 * A face in one frame.
 *
 * @param id number of the person in the clip; a person who is found again keeps it
 * @param xyz 468 × (x, y, z) in pixels, smoothed over time; x, y are pixel centres, z grows away from the viewer
 * @param score probability 0..1 that the landmarks lie on a face
 * @param pose rotation of the head
 * @param fade 0..1, how much of a swap holds up: falls with the turn of the head and with a low score
 * @param entered true in the first frame after the person was found or found again
 * @param seconds time since the last frame of the clip
 */
public record TrackedFace(int id, float[] xyz, float score, HeadPose pose, float fade, boolean entered, float seconds) {

    /** Distance of the outer eye corners in three dimensions, in pixels: the unit of size, free of yaw and roll. */
    public float eyeDistance() {
        return eyeDistance(xyz);
    }

    /** Distance of landmarks 33 and 263 in three dimensions. */
    public static float eyeDistance(float[] xyz) {
        float x = xyz[263 * 3] - xyz[33 * 3];
        float y = xyz[263 * 3 + 1] - xyz[33 * 3 + 1];
        float z = xyz[263 * 3 + 2] - xyz[33 * 3 + 2];
        return (float) Math.sqrt(x * x + y * y + z * z);
    }
}
