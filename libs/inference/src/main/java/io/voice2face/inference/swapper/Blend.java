package io.voice2face.inference.swapper;

import java.util.List;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;

/** Alpha blending. */
final class Blend {
    private Blend() {}

    /**
     * {@code below + (above − below) · alpha}, rounded, into {@code below}.
     *
     * @param below 8-bit BGR
     * @param above 8-bit BGR
     * @param alpha 32-bit float, one channel
     */
    static void into(Mat below, Mat above, Mat alpha) {
        Mat base = new Mat();
        Mat difference = new Mat();
        Mat alpha3 = new Mat();
        below.convertTo(base, CvType.CV_32F);
        above.convertTo(difference, CvType.CV_32F);
        Core.subtract(difference, base, difference);
        Core.merge(List.of(alpha, alpha, alpha), alpha3);
        Core.multiply(difference, alpha3, difference);
        Core.add(base, difference, base);
        base.convertTo(below, CvType.CV_8U);
        base.release();
        difference.release();
        alpha3.release();
    }
}
