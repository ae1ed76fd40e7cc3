package io.voice2face.swap.face;

/**
 * Rotation of a head against the canonical head that looks at the viewer.
 *
 * @param rotation row-major 3×3 rotation from the canonical axes (x right, y down, z away) to those of the picture
 * @param yaw degrees, positive to the viewer's right
 * @param pitch degrees, positive downwards
 * @param roll degrees, positive clockwise as seen
 */
public record HeadPose(float[] rotation, float yaw, float pitch, float roll) {
    /** Pose of a rotation matrix: where the face points, and the slant of its left-right axis. */
    public static HeadPose of(float[] r) {
        double yaw = Math.atan2(-r[2], r[8]);
        double pitch = Math.atan2(-r[5], Math.hypot(r[2], r[8]));
        double roll = Math.atan2(r[3], r[0]);
        return new HeadPose(
                r, (float) Math.toDegrees(yaw), (float) Math.toDegrees(pitch), (float) Math.toDegrees(roll));
    }
}
