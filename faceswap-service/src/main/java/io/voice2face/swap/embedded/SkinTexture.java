package io.voice2face.swap.embedded;

import java.util.List;
import java.util.Random;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/**
 * Makes the source as soft and as grainy as the picture it stands in. How soft a picture is shows in how fast its detail
 * falls off from one octave to the next, whatever the picture shows; its grain, in the finest detail of skin.
 */
final class SkinTexture implements AutoCloseable {
    private static final int GRAIN_SIZE = 256;
    static final int GRAIN_MASK = GRAIN_SIZE - 1;
    private static final int INTERVAL = 20;
    private static final double[] STEPS = {0, .45, .7, 1, 1.4, 1.9};
    private static final float SOFTEST = 2.2f;
    /** Standard deviation of a blur that is not worth its time. */
    private static final float SHARP = .3f;

    private static final float GRAIN_SHARE = .6f;
    private static final float MOST_GRAIN = 4;
    /** Immerkær, "Fast noise variance estimation", 1996. */
    private static final float[] NOISE_KERNEL = {1, -2, 1, -2, 4, -2, 1, -2, 1};

    private static final double NOISE_SCALE = Math.sqrt(Math.PI / 2) / 6;

    private static final byte[][] GRAIN = grain();

    private final Random random = new Random(1);
    private float softness;
    private float grainAmplitude;
    private int shift;
    private long frame;

    private final Mat noiseKernel = new Mat(3, 3, CvType.CV_32F);
    private final Mat mask = new Mat();
    private final Mat target = new Mat();
    private final Mat own = new Mat();
    private final Mat trial = new Mat();
    private final Mat fine = new Mat();
    private final Mat medium = new Mat();
    private final Mat coarse = new Mat();
    private final Mat band = new Mat();

    private static byte[][] grain() {
        Random random = new Random(1);
        byte[][] grain = new byte[GRAIN_SIZE][GRAIN_SIZE];
        for (byte[] row : grain) {
            for (int i = 0; i < row.length; i++) {
                row[i] = (byte) Math.max(-127, Math.min(127, Math.round(random.nextGaussian() * 32)));
            }
        }
        return grain;
    }

    SkinTexture() {
        noiseKernel.put(0, 0, NOISE_KERNEL);
    }

    /** Begins a frame: the grain of film and sensors is new in every frame. */
    void next() {
        shift = random.nextInt(GRAIN_SIZE);
        frame++;
    }

    /** True in frames whose result should be given to {@link #measure}. */
    boolean isDue() {
        return frame % INTERVAL == 1;
    }

    /** Blurs a texture that has been laid into the frame by as much as the target is softer. */
    void soften(Mat texture) {
        if (softness > SHARP) {
            Imgproc.GaussianBlur(texture, texture, new Size(0, 0), softness);
        }
    }

    /** Pixels around one that {@link #soften} looks at. */
    int reach() {
        // OpenCV's kernel for 8 bits ends at three standard deviations
        return softness > SHARP ? (int) Math.ceil(3 * softness) + 1 : 0;
    }

    /** Noise of a row of the frame, standard deviation 32. */
    byte[] grainRow(int y) {
        return GRAIN[y + shift & GRAIN_MASK];
    }

    /** Factor on {@link #grainRow} that gives levels of luma. */
    float grainAmplitude() {
        return grainAmplitude / 32;
    }

    /**
     * Compares the face's part of a frame before and after the swap.
     *
     * @param shown 0..1 float, how much of the source each pixel shows
     */
    void measure(Mat before, Mat after, Mat shown) {
        // the middle of the face says it all
        int width = shown.cols() * 3 / 5;
        int height = shown.rows() * 3 / 5;
        Rect middle = new Rect((shown.cols() - width) / 2, (shown.rows() - height) / 2, width, height);
        Mat shownPart = shown.submat(middle);
        Core.compare(shownPart, new Scalar(.6), mask, Core.CMP_GT);
        shownPart.release();
        if (Core.countNonZero(mask) < 400) {
            return;
        }
        grey(before, middle, target);
        grey(after, middle, own);
        boolean first = frame <= INTERVAL;
        adaptSoftness(first);
        double missing = square(noise(target)) - square(noise(own)) + square(grainAmplitude);
        float wanted = (float) Math.min(MOST_GRAIN, GRAIN_SHARE * Math.sqrt(Math.max(0, missing)));
        grainAmplitude += (first ? 1 : .3f) * (wanted - grainAmplitude);
    }

    private void grey(Mat bgr, Rect part, Mat result) {
        Mat cut = bgr.submat(part);
        Imgproc.cvtColor(cut, band, Imgproc.COLOR_BGR2GRAY);
        cut.release();
        band.convertTo(result, CvType.CV_32F);
    }

    private void adaptSoftness(boolean first) {
        double wanted = falloff(target);
        double best = Double.MAX_VALUE;
        double extra = 0;
        for (double step : STEPS) {
            if (step == 0) {
                own.copyTo(trial);
            } else {
                Imgproc.GaussianBlur(own, trial, new Size(0, 0), step);
            }
            double miss = Math.abs(Math.log(falloff(trial) / wanted));
            if (miss < best) {
                best = miss;
                extra = step;
            }
        }
        // too soft shows in the same ratio: give some of the blur back
        boolean tooSoft = extra == 0 && falloff(own) < .93 * wanted;
        float found = tooSoft ? softness * .6f : (float) Math.sqrt(softness * softness + extra * extra);
        softness += (first ? 1 : .4f) * (Math.min(SOFTEST, found) - softness);
    }

    /** Detail between σ .7 and 1.4 pixels over that between 1.4 and 2.8. */
    private double falloff(Mat grey) {
        Imgproc.GaussianBlur(grey, fine, new Size(0, 0), .7);
        Imgproc.GaussianBlur(grey, medium, new Size(0, 0), 1.4);
        Imgproc.GaussianBlur(grey, coarse, new Size(0, 0), 2.8);
        Core.absdiff(fine, medium, band);
        double high = Core.mean(band, mask).val[0];
        Core.absdiff(medium, coarse, band);
        return (high + .02) / (Core.mean(band, mask).val[0] + .05);
    }

    private double noise(Mat grey) {
        Imgproc.filter2D(grey, band, CvType.CV_32F, noiseKernel);
        Core.absdiff(band, new Scalar(0), band);
        return NOISE_SCALE * Core.mean(band, mask).val[0];
    }

    private static double square(double x) {
        return x * x;
    }

    @Override
    public void close() {
        for (Mat mat : List.of(noiseKernel, mask, target, own, trial, fine, medium, coarse, band)) {
            mat.release();
        }
    }
}
