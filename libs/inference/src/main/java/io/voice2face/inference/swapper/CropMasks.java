package io.voice2face.inference.swapper;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

import io.voice2face.media.OpenCv;

/** Masks over an alignment crop: 32-bit float, 0 keeps the picture, 1 takes the crop. Masks are combined by minimum. */
public final class CropMasks {
    static {
        OpenCv.load();
    }

    /** Share of half the crop over which the box fades out. */
    public static final double USUAL_BLUR = 0.3;

    private static final double NETWORK_BLUR = 5;

    private CropMasks() {}

    /**
     * A box with a soft border: amount = ⌊side · ½ · blur⌋; max(⌊amount/2⌋, 1) pixels at the border are 0; Gaussian blur
     * of σ = amount/4.
     *
     * @return a Mat that the caller releases
     */
    public static Mat box(int side, double blur) {
        int amount = (int) (side * 0.5 * blur);
        int border = Math.max(amount / 2, 1);
        Mat mask = Mat.zeros(side, side, CvType.CV_32FC1);
        Mat inside = mask.submat(new Rect(border, border, side - 2 * border, side - 2 * border));
        inside.setTo(Scalar.all(1));
        inside.release();
        if (amount > 0) {
            Imgproc.GaussianBlur(mask, mask, new Size(0, 0), amount * 0.25);
        }
        return mask;
    }

    /** Takes the smaller of both into {@code mask}. */
    public static void restrict(Mat mask, Mat other) {
        Core.min(mask, other, mask);
    }

    /** Brings a network's mask to a crop's size and pulls its edge inwards: (clamp(blur₅(m), ½, 1) − ½) · 2. */
    static void soften(Mat raw, int side, Mat mask) {
        Imgproc.resize(raw, mask, new Size(side, side), 0, 0, Imgproc.INTER_LINEAR);
        Imgproc.GaussianBlur(mask, mask, new Size(0, 0), NETWORK_BLUR);
        Core.max(mask, Scalar.all(0.5), mask);
        Core.min(mask, Scalar.all(1), mask);
        Core.subtract(mask, Scalar.all(0.5), mask);
        Core.multiply(mask, Scalar.all(2), mask);
    }
}
