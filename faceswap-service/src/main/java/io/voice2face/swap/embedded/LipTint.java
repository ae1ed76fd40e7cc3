package io.voice2face.swap.embedded;

import java.util.Arrays;
import java.util.List;

import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfPoint;
import org.opencv.core.Point;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

import io.voice2face.swap.face.FaceRegions;

/**
 * Lets the lips follow the skin. Lips on dark skin are hardly redder than it, and the lower one is lighter; on light skin
 * both are redder and none is lighter. Lips that only kept their ratio to the skin would turn pale on lighter skin.
 *
 * <p>What is usual was measured on portraits: part {@code lips} of the evaluation prints it. Lips move towards what is
 * usual for the target's lighter skin, by no more than the change of skin explains: what makes one person's lips darker or
 * redder than other people's of the same skin stays. On darker skin they keep their ratio, which looks right.
 */
final class LipTint {
    /** ln(luma), ln(blue/luma) and ln(red/luma) less those of the cheeks, where the cheeks' ln(luma) is {@link #AT}. */
    private static final float[] UPPER_USUAL = {-.33f, .09f, .06f};

    private static final float[] LOWER_USUAL = {.07f, .23f, 0};
    /** Their change with the cheeks' ln(luma). */
    private static final float[] UPPER_SLOPES = {-.14f, -.44f, .38f};

    private static final float[] LOWER_SLOPES = {-.76f, -.45f, .38f};
    private static final float AT = 4.9f;
    /** Where there are portraits. */
    private static final float DARKEST = 4.3f;

    private static final float LIGHTEST = 5.3f;
    private static final int[] CHEEKS = {50, 280, 205, 425};
    private static final float CHEEK_RADIUS = .1f * CellLayout.PER_EYE_DISTANCE;
    /** Not all of what makes a target lighter is its skin; some is its light. */
    private static final float EXPLAINED = .7f;

    private static final float PER_FRAME = .1f;

    private final float skinBlue;
    private final float skinRed;
    private final Lip upper;
    private final Lip lower;
    /** ln(luma) of the source's cheeks. */
    private final float ownSkin;
    /** The same of the target, smoothed over time. */
    private float skin;

    private boolean started;

    LipTint(SourceFace source, int width, int height) {
        this.skinBlue = source.skinBlue;
        this.skinRed = source.skinRed;
        float[] cheeks = cheeks(source);
        this.ownSkin = cheeks[0];
        int half = FaceRegions.OUTER_LIPS.size() / 2;
        this.lower = new Lip(source, cheeks, width, height, 0, half, LOWER_USUAL, LOWER_SLOPES);
        this.upper = new Lip(source, cheeks, width, height, half, 2 * half, UPPER_USUAL, UPPER_SLOPES);
    }

    private static float[] cheeks(SourceFace source) {
        float[] sums = new float[3];
        int count = 0;
        for (int i = 0; i < source.logLuma.length; i++) {
            if (isCheek(source.layout, i)) {
                sums[0] += source.logLuma[i];
                sums[1] += source.logBlue[i];
                sums[2] += source.logRed[i];
                count++;
            }
        }
        for (int k = 0; k < sums.length; k++) {
            sums[k] /= Math.max(1, count);
        }
        return sums;
    }

    private static boolean isCheek(CellLayout layout, int cell) {
        for (int landmark : CHEEKS) {
            float x = cell % layout.width - layout.points[landmark * 2];
            float y = cell / layout.width - layout.points[landmark * 2 + 1];
            if (x * x + y * y < CHEEK_RADIUS * CHEEK_RADIUS) {
                return true;
            }
        }
        return false;
    }

    /** Forgets the frames before. */
    void reset() {
        started = false;
    }

    /**
     * Takes up one frame.
     *
     * @param gain ln of the target's skin's luma over the source's
     */
    void follow(float gain) {
        float now = ownSkin + gain;
        skin = started ? skin + PER_FRAME * (now - skin) : now;
        started = true;
    }

    /**
     * Changes the light of the lips' cells.
     *
     * @param factors as {@link LightTransfer#factors}
     */
    void apply(float[] factors) {
        upper.apply(factors);
        lower.apply(factors);
    }

    private final class Lip {
        private final float[] usual;
        private final float[] slopes;
        /** ln(luma), ln(blue/luma) and ln(red/luma) less those of the cheeks. */
        private final float[] own = new float[3];
        /** How much a cell of the light grid belongs to the lip, 0..1. */
        private final float[] cells;
        /** Geometric mean of the luma over the skin's. */
        private float share;
        /** Geometric means of blue/luma and red/luma. */
        private final float blue;

        private final float red;

        Lip(SourceFace source, float[] cheeks, int width, int height, int from, int to, float[] usual, float[] slopes) {
            this.usual = usual;
            this.slopes = slopes;
            this.cells = mask(source.layout, width, height, from, to);
            measure(source, width);
            distrustOdd(source, width);
            measure(source, width);
            for (int k = 0; k < own.length; k++) {
                own[k] -= cheeks[k];
            }
            this.blue = (float) Math.exp(own[1] + cheeks[1]);
            this.red = (float) Math.exp(own[2] + cheeks[2]);
        }

        private void measure(SourceFace source, int width) {
            double overBase = 0;
            double weights = 1e-6;
            Arrays.fill(own, 0);
            for (int i = 0; i < cells.length; i++) {
                int cell = cellOf(source, width, i);
                overBase += cells[i] * (source.logLuma[cell] - Math.log(source.base[cell] + Colours.FLOOR));
                own[0] += cells[i] * source.logLuma[cell];
                own[1] += cells[i] * source.logBlue[cell];
                own[2] += cells[i] * source.logRed[cell];
                weights += cells[i];
            }
            for (int k = 0; k < own.length; k++) {
                own[k] /= (float) weights;
            }
            share = (float) Math.exp(overBase / weights);
        }

        /** The mesh draws thin lips too full: what is there besides is beard or skin, of another colour. */
        private void distrustOdd(SourceFace source, int width) {
            for (int i = 0; i < cells.length; i++) {
                int cell = cellOf(source, width, i);
                float l = (source.logLuma[cell] - own[0]) / .5f;
                float r = Math.min(0, source.logRed[cell] - own[2]) / .1f;
                cells[i] *= (float) Math.exp(-.5f * (l * l + r * r));
            }
        }

        private static int cellOf(SourceFace source, int width, int light) {
            return 2 * (light / width) * source.layout.width + 2 * (light % width);
        }

        private static float[] mask(CellLayout layout, int width, int height, int from, int to) {
            int n = FaceRegions.INNER_LIPS.size();
            Point[] outline = new Point[2 * (to - from + 1)];
            for (int i = from; i <= to; i++) {
                outline[i - from] = place(layout, FaceRegions.OUTER_LIPS.point(i % n));
                outline[outline.length - 1 - (i - from)] = place(layout, FaceRegions.INNER_LIPS.point(i % n));
            }
            Mat drawn = Mat.zeros(height, width, CvType.CV_8U);
            MatOfPoint polygon = new MatOfPoint(outline);
            Imgproc.fillPoly(drawn, List.of(polygon), new Scalar(255), Imgproc.LINE_AA, 4);
            Imgproc.GaussianBlur(drawn, drawn, new Size(0, 0), .6);
            drawn.convertTo(drawn, CvType.CV_32F, 1 / 255.);
            float[] mask = new float[width * height];
            drawn.get(0, 0, mask);
            drawn.release();
            polygon.release();
            return mask;
        }

        /** A landmark in sixteenths of cells of the light grid. */
        private static Point place(CellLayout layout, int landmark) {
            return new Point(
                    Math.round(16 * (layout.points[landmark * 2] - .5f) / 2),
                    Math.round(16 * (layout.points[landmark * 2 + 1] - .5f) / 2));
        }

        void apply(float[] factors) {
            float from = Math.max(DARKEST, Math.min(LIGHTEST, ownSkin));
            float to = Math.max(from, Math.min(LIGHTEST, skin));
            float luma = move(0, from, to);
            float toBlue = move(1, from, to);
            float toRed = move(2, from, to);
            for (int i = 0; i < cells.length; i++) {
                float w = cells[i];
                if (w > 0) {
                    // the compositor damps gloss, dark detail and colour by itself: only what it leaves is added
                    float glossShare = factors[i * 4 + 3];
                    float shown = 1 + (share - 1) * Detail.lumaKept(share, glossShare);
                    float colour = Detail.colourKept(share, glossShare);
                    float shownBlue = skinBlue + Detail.blue(colour * (blue - skinBlue), glossShare);
                    float shownRed = skinRed + Detail.red(colour * (red - skinRed), glossShare);
                    factors[i * 4] *= power(share / shown, luma, w);
                    factors[i * 4 + 1] *= power(blue / shownBlue, toBlue, w);
                    factors[i * 4 + 2] *= power(red / shownRed, toRed, w);
                }
            }
        }

        /** What is added to ln(luma), ln(blue/luma) or ln(red/luma) where the skin's ln(luma) goes from one to another. */
        private float move(int k, float from, float to) {
            float most = EXPLAINED * slopes[k] * (to - from);
            float wanted = usual[k] + slopes[k] * (to - AT) - own[k];
            return most > 0 ? Math.max(0, Math.min(most, wanted)) : Math.min(0, Math.max(most, wanted));
        }

        private static float power(float ratio, float move, float weight) {
            return (float) Math.exp(weight * (Math.log(ratio) + move));
        }
    }
}
