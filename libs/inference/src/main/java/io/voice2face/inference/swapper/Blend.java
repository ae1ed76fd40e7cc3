package io.voice2face.inference.swapper;

import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.imgproc.Imgproc;

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
        Mat rest = new Mat();
        alpha.convertTo(rest, CvType.CV_32F, -1, 1);
        // divides by the sum of the weights plus 1e-5, which no byte is large enough to feel
        Imgproc.blendLinear(below, above, rest, alpha, below);
        rest.release();
    }
}
