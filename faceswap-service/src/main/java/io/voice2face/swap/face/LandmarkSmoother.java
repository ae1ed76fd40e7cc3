package io.voice2face.swap.face;

/**
 * Smooths the landmarks of one person over time. The similarity (centre, size, roll) and the shape in the face's own
 * axes are filtered apart: they jitter and move at different speeds.
 */
final class LandmarkSmoother {
    private static final FaceRegions RIGID = FaceRegions.RIGID;

    private final OneEuroFilter poseFilter = new OneEuroFilter(4, 3f, 40f, 1f);
    private final OneEuroFilter shapeFilter = new OneEuroFilter(FaceTopology.POINTS * 3, 2f, 14f, 5f);
    private final float[] shape = new float[FaceTopology.POINTS * 3];
    private final float[] reference = new float[FaceTopology.POINTS * 3];
    private final float[] pose = new float[4];
    /** Size at the start in pixels: the filter's lengths are counted in it, so that speeds mean the same at any size. */
    private float unit = 1;

    private boolean started;

    void reset() {
        poseFilter.reset();
        shapeFilter.reset();
        started = false;
    }

    /**
     * Smooths in place.
     *
     * @param xyz raw landmarks in pixels
     * @param seconds time since the last frame
     */
    void smooth(float[] xyz, float seconds) {
        float eyeDistance = TrackedFace.eyeDistance(xyz);
        float cx = mean(xyz, 0);
        float cy = mean(xyz, 1);
        float cz = mean(xyz, 2);
        float size = started ? spread(xyz, cx, cy, cz) / spread(reference, 0, 0, 0) : eyeDistance;
        float roll = started
                ? turnAgainstReference(xyz, cx, cy)
                : (float) Math.atan2(xyz[263 * 3 + 1] - xyz[33 * 3 + 1], xyz[263 * 3] - xyz[33 * 3]);
        toShape(xyz, cx, cy, cz, size, roll);
        if (!started) {
            unit = size;
        }
        filterPose(cx, cy, size, roll, seconds);
        shapeFilter.filter(shape, seconds);
        System.arraycopy(shape, 0, reference, 0, shape.length);
        started = true;
        fromShape(xyz, cz);
    }

    private void filterPose(float cx, float cy, float size, float roll, float seconds) {
        pose[0] = cx / unit;
        pose[1] = cy / unit;
        pose[2] = (float) Math.log(size);
        pose[3] = roll;
        poseFilter.filter(pose, seconds);
        pose[0] *= unit;
        pose[1] *= unit;
    }

    private void toShape(float[] xyz, float cx, float cy, float cz, float size, float roll) {
        float cos = (float) Math.cos(roll) / size;
        float sin = (float) Math.sin(roll) / size;
        for (int i = 0; i < shape.length; i += 3) {
            float x = xyz[i] - cx;
            float y = xyz[i + 1] - cy;
            shape[i] = cos * x + sin * y;
            shape[i + 1] = -sin * x + cos * y;
            shape[i + 2] = (xyz[i + 2] - cz) / size;
        }
    }

    private void fromShape(float[] xyz, float cz) {
        float size = (float) Math.exp(pose[2]);
        float cos = (float) Math.cos(pose[3]) * size;
        float sin = (float) Math.sin(pose[3]) * size;
        for (int i = 0; i < shape.length; i += 3) {
            xyz[i] = cos * shape[i] - sin * shape[i + 1] + pose[0];
            xyz[i + 1] = sin * shape[i] + cos * shape[i + 1] + pose[1];
            xyz[i + 2] = shape[i + 2] * size + cz;
        }
    }

    private static float mean(float[] xyz, int axis) {
        float sum = 0;
        for (int i = 0; i < RIGID.size(); i++) {
            sum += xyz[RIGID.point(i) * 3 + axis];
        }
        return sum / RIGID.size();
    }

    private static float spread(float[] xyz, float cx, float cy, float cz) {
        double sum = 0;
        for (int i = 0; i < RIGID.size(); i++) {
            int p = RIGID.point(i) * 3;
            float x = xyz[p] - cx;
            float y = xyz[p + 1] - cy;
            float z = xyz[p + 2] - cz;
            sum += x * x + y * y + z * z;
        }
        return (float) Math.sqrt(sum);
    }

    private float turnAgainstReference(float[] xyz, float cx, float cy) {
        double dot = 0;
        double cross = 0;
        for (int i = 0; i < RIGID.size(); i++) {
            int p = RIGID.point(i) * 3;
            float x = xyz[p] - cx;
            float y = xyz[p + 1] - cy;
            dot += reference[p] * x + reference[p + 1] * y;
            cross += reference[p] * y - reference[p + 1] * x;
        }
        return (float) Math.atan2(cross, dot);
    }
}
