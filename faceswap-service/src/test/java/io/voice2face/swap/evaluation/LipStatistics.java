package io.voice2face.swap.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Point;
import org.opencv.core.Scalar;
import org.opencv.imgproc.Imgproc;

import io.voice2face.swap.face.TrackedFace;

/**
 * How lips differ from the cheeks in ln(luma), ln(blue/luma) and ln(red/luma), and how that changes with the cheeks'
 * ln(luma): where the numbers of {@code LipTint} come from.
 */
final class LipStatistics {
    private static final int[][] UPPER = {{0, 13}, {37, 82}, {267, 312}};
    private static final int[][] LOWER = {{17, 14}, {84, 87}, {314, 317}};
    private static final int[][] CHEEKS = {{50, 50}, {280, 280}, {205, 205}, {425, 425}};
    private static final double AT = 4.9;
    private static final double FLOOR = 4;
    private static final String[] NAMES = {"luma", "blue/luma", "red/luma"};

    private final List<double[]> cheeks = new ArrayList<>();
    private final List<double[]> upper = new ArrayList<>();
    private final List<double[]> lower = new ArrayList<>();

    /** @param bgr 8-bit picture the landmarks belong to */
    void add(Mat bgr, float[] xyz) {
        cheeks.add(mean(bgr, xyz, .1, CHEEKS));
        upper.add(mean(bgr, xyz, .025, UPPER));
        lower.add(mean(bgr, xyz, .035, LOWER));
    }

    /** How much lighter the lower lip is than the cheeks, in ln(luma). */
    static double lowerOverCheeks(Mat bgr, float[] xyz) {
        return mean(bgr, xyz, .035, LOWER)[0] - cheekLuma(bgr, xyz);
    }

    /** ln(luma) of the cheeks. */
    static double cheekLuma(Mat bgr, float[] xyz) {
        return mean(bgr, xyz, .1, CHEEKS)[0];
    }

    /** Means of ln(luma), ln(blue/luma) and ln(red/luma) over discs half-way between pairs of landmarks. */
    private static double[] mean(Mat bgr, float[] xyz, double radius, int[][] pairs) {
        double[] sum = new double[NAMES.length];
        Mat mask = new Mat(bgr.size(), CvType.CV_8U);
        int pixels = (int) Math.max(1, Math.round(radius * TrackedFace.eyeDistance(xyz)));
        for (int[] pair : pairs) {
            double x = (xyz[pair[0] * 3] + xyz[pair[1] * 3]) / 2;
            double y = (xyz[pair[0] * 3 + 1] + xyz[pair[1] * 3 + 1]) / 2;
            mask.setTo(new Scalar(0));
            Imgproc.circle(mask, new Point(x, y), pixels, new Scalar(255), Imgproc.FILLED);
            Scalar colour = Core.mean(bgr, mask);
            double luma = .114 * colour.val[0] + .587 * colour.val[1] + .299 * colour.val[2] + FLOOR;
            sum[0] += Math.log(luma) / pairs.length;
            sum[1] += Math.log((colour.val[0] + FLOOR) / luma) / pairs.length;
            sum[2] += Math.log((colour.val[2] + FLOOR) / luma) / pairs.length;
        }
        mask.release();
        return sum;
    }

    void print() {
        System.out.printf(Locale.ROOT, "lips of %d portraits less cheeks, cheeks at %.1f%n", cheeks.size(), AT);
        print("upper", upper);
        print("lower", lower);
    }

    private void print(String lip, List<double[]> lips) {
        for (int k = 0; k < NAMES.length; k++) {
            double n = lips.size();
            double x = 0;
            double y = 0;
            double xx = 0;
            double xy = 0;
            double yy = 0;
            for (int i = 0; i < n; i++) {
                double skin = cheeks.get(i)[0] - AT;
                double over = lips.get(i)[k] - cheeks.get(i)[k];
                x += skin / n;
                y += over / n;
                xx += skin * skin / n;
                xy += skin * over / n;
                yy += over * over / n;
            }
            double slope = (xy - x * y) / (xx - x * x);
            double correlation = (xy - x * y) / Math.sqrt((xx - x * x) * (yy - y * y));
            System.out.printf(
                    Locale.ROOT,
                    "%s lip, ln %-9s  usual %6.3f  slope %6.3f  correlation %5.2f%n",
                    lip,
                    NAMES[k],
                    y - slope * x,
                    slope,
                    correlation);
        }
    }
}
