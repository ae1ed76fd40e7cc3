package io.voice2face.swap.embedded;

import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/** Gaussian smoothing of float planes, at a reduced size where the blur is wide, which changes nothing one can see. */
final class Planes implements AutoCloseable {
    private final Mat full = new Mat();
    private final Mat small = new Mat();
    private final Mat blurred = new Mat();

    /**
     * Smooths a plane.
     *
     * @param plane values in rows, replaced by the smoothed ones
     * @param sigma standard deviation in pixels
     */
    void blur(float[] plane, int width, int height, double sigma) {
        full.create(height, width, CvType.CV_32F);
        full.put(0, 0, plane);
        int reduction = 1;
        while (sigma / reduction > 4 && Math.min(width, height) / (reduction * 2) >= 8) {
            reduction *= 2;
        }
        if (reduction == 1) {
            Imgproc.GaussianBlur(full, full, new Size(0, 0), sigma);
        } else {
            Size size = new Size((width + reduction - 1) / reduction, (height + reduction - 1) / reduction);
            Imgproc.resize(full, small, size, 0, 0, Imgproc.INTER_AREA);
            Imgproc.GaussianBlur(small, blurred, new Size(0, 0), sigma / reduction);
            Imgproc.resize(blurred, full, new Size(width, height), 0, 0, Imgproc.INTER_LINEAR);
        }
        full.get(0, 0, plane);
    }

    @Override
    public void close() {
        full.release();
        small.release();
        blurred.release();
    }
}
