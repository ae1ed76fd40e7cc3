package io.voice2face.swap.embedded;

import java.util.Random;

import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/** Makes the source as soft and as grainy as the picture it stands in. */
final class SkinTexture {
    private static final int GRAIN_SIZE = 256;
    static final int GRAIN_MASK = GRAIN_SIZE - 1;

    private final byte[][] grain = new byte[GRAIN_SIZE][GRAIN_SIZE];
    private final Random random = new Random(1);
    private float softness;
    private float grainAmplitude;
    private int shift;

    SkinTexture() {
        for (byte[] row : grain) {
            for (int i = 0; i < row.length; i++) {
                row[i] = (byte) Math.max(-127, Math.min(127, Math.round(random.nextGaussian() * 32)));
            }
        }
    }

    /** Begins a frame: the grain of film and sensors is new in every frame. */
    void next() {
        shift = random.nextInt(GRAIN_SIZE);
    }

    /** Blurs a texture that has been laid into the frame by as much as the target is softer. */
    void soften(Mat texture) {
        if (softness > .25f) {
            Imgproc.GaussianBlur(texture, texture, new Size(0, 0), softness);
        }
    }

    /** Noise of a row of the frame, standard deviation 32. */
    byte[] grainRow(int y) {
        return grain[y + shift & GRAIN_MASK];
    }

    /** Factor on {@link #grainRow} that gives levels of luma. */
    float grainAmplitude() {
        return grainAmplitude / 32;
    }

    void adopt(float newSoftness, float newGrain) {
        softness = newSoftness;
        grainAmplitude = newGrain;
    }
}
