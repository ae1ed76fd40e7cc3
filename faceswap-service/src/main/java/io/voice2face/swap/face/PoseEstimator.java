package io.voice2face.swap.face;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;

/**
 * Least-squares rotation of a landmark set against the canonical head, over the points that expression hardly moves.
 * Source: Umeyama, "Least-squares estimation of transformation parameters between two point patterns", PAMI 1991. Not
 * thread-safe.
 */
public final class PoseEstimator implements AutoCloseable {
    private final FaceTopology topology;
    private final FaceRegions points = FaceRegions.RIGID;
    private final double[] canonicalCentre = new double[3];
    private final Mat covariance = new Mat(3, 3, CvType.CV_64F);
    private final Mat w = new Mat();
    private final Mat u = new Mat();
    private final Mat vt = new Mat();
    private final double[] c = new double[9];
    private final double[] um = new double[9];
    private final double[] vm = new double[9];

    public PoseEstimator(FaceTopology topology) {
        this.topology = topology;
        for (int i = 0; i < points.size(); i++) {
            for (int a = 0; a < 3; a++) {
                canonicalCentre[a] += topology.canonical(points.point(i), a) / points.size();
            }
        }
    }

    /** Pose of landmarks in pixels, x, y, z interleaved, z growing away from the viewer at the scale of x. */
    public HeadPose estimate(float[] xyz) {
        double mx = 0;
        double my = 0;
        double mz = 0;
        int n = points.size();
        for (int i = 0; i < n; i++) {
            int p = points.point(i) * 3;
            mx += xyz[p] / n;
            my += xyz[p + 1] / n;
            mz += xyz[p + 2] / n;
        }
        java.util.Arrays.fill(c, 0);
        for (int i = 0; i < n; i++) {
            int p = points.point(i);
            double x = xyz[p * 3] - mx;
            double y = xyz[p * 3 + 1] - my;
            double z = xyz[p * 3 + 2] - mz;
            for (int a = 0; a < 3; a++) {
                double k = topology.canonical(p, a) - canonicalCentre[a];
                c[a] += x * k;
                c[3 + a] += y * k;
                c[6 + a] += z * k;
            }
        }
        covariance.put(0, 0, c);
        Core.SVDecomp(covariance, w, u, vt);
        u.get(0, 0, um);
        vt.get(0, 0, vm);
        float[] r = product(um, vm, 1);
        if (determinant(r) < 0) {
            r = product(um, vm, -1);
        }
        return HeadPose.of(r);
    }

    private static float[] product(double[] u, double[] vt, double last) {
        float[] r = new float[9];
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                r[i * 3 + j] = (float) (u[i * 3] * vt[j] + u[i * 3 + 1] * vt[3 + j] + last * u[i * 3 + 2] * vt[6 + j]);
            }
        }
        return r;
    }

    private static float determinant(float[] r) {
        return r[0] * (r[4] * r[8] - r[5] * r[7])
                - r[1] * (r[3] * r[8] - r[5] * r[6])
                + r[2] * (r[3] * r[7] - r[4] * r[6]);
    }

    @Override
    public void close() {
        covariance.release();
        w.release();
        u.release();
        vt.release();
    }
}
