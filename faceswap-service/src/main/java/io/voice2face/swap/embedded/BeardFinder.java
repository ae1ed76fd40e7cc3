package io.voice2face.swap.embedded;

import java.util.Arrays;
import java.util.List;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Point;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

import io.voice2face.swap.face.Smoothstep;

/**
 * Finds a beard along the jaw of one picture: where the skin inside the outline is darker than the cheeks, or as light and
 * greyer, and rougher than they are. Hair on both sides of a face does not reach its chin and is no beard. From there it is
 * followed over the outline for as long as what comes looks like it, to the skin of the neck.
 */
final class BeardFinder implements AutoCloseable {
    private static final int COLUMNS = JawBand.COLUMNS;
    private static final int ROWS = JawBand.ROWS;
    private static final int CELLS = COLUMNS * ROWS;
    /** Pixels per eye distance above which a picture is looked at in a reduced size. */
    private static final float MOST_PIXELS = 150;

    private static final int[] RIGHT_CHEEK = {280, 425, 411};
    private static final int[] LEFT_CHEEK = {50, 205, 187};
    /** Share of the way between the ears around the middle in which a beard must have some of its hair. */
    private static final float CHIN_FROM = .36f;

    private static final float CHIN_TO = .64f;
    /** Rows that lie inside the face with what is beside it at a distance. */
    private static final int SURELY_INSIDE = JawBand.rowAt(-.111f);

    private static final int SURELY_INSIDE_TO = JawBand.rowAt(-.024f);
    /** At the chin nothing is beside the face but the neck, and a tuft may grow at its very edge. */
    private static final int OVER_NECK = JawBand.rowAt(-.06f);

    private static final int OVER_NECK_TO = JawBand.rowAt(-.018f);

    private static final int INSIDE = JawBand.rowAt(-.098f);
    private static final int INSIDE_TO = JawBand.rowAt(-.01f);
    /** A beard that reaches so far does not end at the neck: half of it would be left hanging. */
    private static final int FAR = JawBand.rowAt(.18f);

    private static final int FAR_TO = JawBand.rowAt(.21f);

    /** By how many rows and columns what is found is widened. */
    private static final int FRINGE = 4;

    private final JawBand band = new JawBand();
    private final Planes planes = new Planes();
    private final Mat picture = new Mat();
    private final Mat grey = new Mat();
    private final Mat fine = new Mat();
    private final Mat coarse = new Mat();
    private final Mat colours = new Mat();
    private final Mat roughness = new Mat();
    private final byte[] bgr = new byte[CELLS * 3];
    private final float[] luma = new float[CELLS];
    private final float[] blue = new float[CELLS];
    private final float[] red = new float[CELLS];
    private final float[] rough = new float[CELLS];
    private final float[] dark = new float[CELLS];
    /** Colourfulness along the skin's own: 1 is as colourful as skin, 0 grey. */
    private final float[] colour = new float[CELLS];

    private final float[] hair = new float[CELLS];
    private final float[] evenLuma = new float[CELLS];
    private final float[] insideLuma = new float[COLUMNS];
    private final float[] insideColour = new float[COLUMNS];
    private final float[] blurred = new float[COLUMNS];

    /** 0..1 per column: a beard grows inside the outline. */
    final float[] growth = new float[COLUMNS];
    /** 0..1 per cell of the band: hair of a beard that ends above the neck, from where a carried face may not cover it. */
    final float[] beard = new float[CELLS];
    /** 0..1 per cell of the band: skin of the neck. */
    final float[] neck = new float[CELLS];

    /**
     * Looks at one picture.
     *
     * @param whole 8-bit BGR
     * @param xyz landmarks in its pixels
     * @return false where the jaw does not lie in the picture or nothing grows; what was found is of no use then
     */
    boolean look(Mat whole, float[] xyz, float eyeDistance) {
        band.place(xyz, eyeDistance);
        Rect part = part(whole, xyz, eyeDistance);
        Arrays.fill(growth, 0);
        if (part.width < eyeDistance || part.height < eyeDistance / 2) {
            return false;
        }
        float scale = Math.min(1, MOST_PIXELS / eyeDistance);
        Mat region = whole.submat(part);
        Imgproc.resize(
                region,
                picture,
                new Size(Math.round(part.width * scale), Math.round(part.height * scale)),
                0,
                0,
                Imgproc.INTER_AREA);
        region.release();
        measureRoughness(eyeDistance * scale);
        band.sample(picture, part.x, part.y, scale, colours);
        Imgproc.GaussianBlur(colours, colours, new Size(0, 0), 1.2);
        colours.get(0, 0, bgr);
        Colours.split(bgr, CELLS, luma, blue, red);
        band.sample(fine, part.x, part.y, scale, roughness);
        roughness.get(0, 0, rough);
        Skin[] right = patches(RIGHT_CHEEK, xyz, part, scale, eyeDistance);
        Skin[] left = patches(LEFT_CHEEK, xyz, part, scale, eyeDistance);
        float[] roughnesses = new float[right.length + left.length];
        for (int i = 0; i < right.length; i++) {
            roughnesses[i] = right[i].rough();
            roughnesses[right.length + i] = left[i].rough();
        }
        Arrays.sort(roughnesses);
        compare(right[1], left[1], roughnesses[2]);
        if (!grows()) {
            return false;
        }
        follow();
        return true;
    }

    /** Share of the jaw that a beard grows on in the last picture, 0..1. */
    float share() {
        float sum = 0;
        for (float here : growth) {
            sum += here;
        }
        return sum / COLUMNS;
    }

    /** The part of a picture that holds the band and the cheeks. */
    private static Rect part(Mat whole, float[] xyz, float eyeDistance) {
        float x0 = Float.MAX_VALUE;
        float y0 = Float.MAX_VALUE;
        float x1 = -Float.MAX_VALUE;
        float y1 = -Float.MAX_VALUE;
        for (int point : JawBand.OUTLINE) {
            x0 = Math.min(x0, xyz[point * 3]);
            x1 = Math.max(x1, xyz[point * 3]);
            y0 = Math.min(y0, xyz[point * 3 + 1]);
            y1 = Math.max(y1, xyz[point * 3 + 1]);
        }
        int left = (int) Math.max(0, x0 - .28f * eyeDistance);
        int top = (int) Math.max(0, y0 - .1f * eyeDistance);
        int right = (int) Math.min(whole.cols(), x1 + .28f * eyeDistance);
        int bottom = (int) Math.min(whole.rows(), y1 + .28f * eyeDistance);
        return new Rect(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
    }

    /** Standard deviation of ln(luma) in the size of hairs and stubble. */
    private void measureRoughness(float eyeDistance) {
        Imgproc.cvtColor(picture, colours, Imgproc.COLOR_BGR2GRAY);
        colours.convertTo(grey, CvType.CV_32F, 1, Colours.FLOOR);
        Core.log(grey, grey);
        Imgproc.GaussianBlur(grey, fine, new Size(0, 0), .0042 * eyeDistance);
        Imgproc.GaussianBlur(grey, coarse, new Size(0, 0), .014 * eyeDistance);
        Core.subtract(fine, coarse, fine);
        Core.multiply(fine, fine, fine);
        Imgproc.GaussianBlur(fine, fine, new Size(0, 0), .0245 * eyeDistance);
        Core.sqrt(fine, fine);
    }

    /** A place of a cheek: ln(luma), ln(blue/luma), ln(red/luma) and its roughness. */
    private record Skin(float luma, float blue, float red, float rough) {}

    /** Places of a cheek from dark to light. */
    private Skin[] patches(int[] landmarks, float[] xyz, Rect part, float scale, float eyeDistance) {
        Skin[] found = new Skin[landmarks.length];
        int radius = Math.max(1, Math.round(.035f * eyeDistance * scale));
        for (int i = 0; i < found.length; i++) {
            int x = Math.round((xyz[landmarks[i] * 3] - part.x) * scale);
            int y = Math.round((xyz[landmarks[i] * 3 + 1] - part.y) * scale);
            int x0 = Math.max(0, Math.min(picture.cols() - 1, x - radius));
            int y0 = Math.max(0, Math.min(picture.rows() - 1, y - radius));
            int x1 = Math.max(x0 + 1, Math.min(picture.cols(), x + radius));
            int y1 = Math.max(y0 + 1, Math.min(picture.rows(), y + radius));
            Rect around = new Rect(new Point(x0, y0), new Point(x1, y1));
            Mat cheek = picture.submat(around);
            Scalar mean = Core.mean(cheek);
            cheek.release();
            Mat roughCheek = fine.submat(around);
            float roughMean = (float) Core.mean(roughCheek).val[0];
            roughCheek.release();
            double logLuma = Math.log(Colours.BLUE * mean.val[0]
                    + Colours.GREEN * mean.val[1]
                    + Colours.RED * mean.val[2]
                    + Colours.FLOOR);
            found[i] = new Skin(
                    (float) logLuma,
                    (float) (Math.log(mean.val[0] + Colours.FLOOR) - logLuma),
                    (float) (Math.log(mean.val[2] + Colours.FLOOR) - logLuma),
                    roughMean);
        }
        Arrays.sort(found, (a, b) -> Float.compare(a.luma(), b.luma()));
        return found;
    }

    private void compare(Skin right, Skin left, float skinRoughness) {
        float smoothest = Math.max(.004f, skinRoughness);
        for (int column = 0; column < COLUMNS; column++) {
            float w = Smoothstep.of(JawBand.along(column), .25f, .75f);
            float skinLuma = right.luma() + w * (left.luma() - right.luma());
            float skinBlue = right.blue() + w * (left.blue() - right.blue());
            float skinRed = right.red() + w * (left.red() - right.red());
            float length2 = skinBlue * skinBlue + skinRed * skinRed + 1e-4f;
            float central = Smoothstep.of(fromEar(column), .15f, .3f);
            for (int row = 0; row < ROWS; row++) {
                int i = row * COLUMNS + column;
                dark[i] = skinLuma - luma[i];
                colour[i] = (blue[i] * skinBlue + red[i] * skinRed) / length2;
                float black = Smoothstep.of(dark[i], .22f, .5f);
                float white = Smoothstep.of(1 - colour[i], .3f, .55f) * (1 - Smoothstep.of(dark[i], .1f, .3f));
                hair[i] = Math.max(black, white)
                        * Smoothstep.of(rough[i], .028f, .052f)
                        * Smoothstep.of(rough[i] / smoothest, 2.1f, 3.4f);
                neck[i] = JawBand.distance(row) < .035f
                        ? 0
                        : central
                                * (1 - Smoothstep.of(Math.abs(blue[i] - skinBlue), .25f, .45f))
                                * (1 - Smoothstep.of(Math.abs(red[i] - skinRed), .1f, .2f))
                                * (1 - Smoothstep.of(Math.abs(dark[i]), .6f, 1));
            }
        }
    }

    /** How far a column is from the nearer ear, 0..½. */
    private static float fromEar(int column) {
        return Math.min(JawBand.along(column), 1 - JawBand.along(column));
    }

    private boolean grows() {
        for (int column = 0; column < COLUMNS; column++) {
            float beside = mean(hair, column, SURELY_INSIDE, SURELY_INSIDE_TO);
            float below = mean(hair, column, OVER_NECK, OVER_NECK_TO);
            growth[column] = beside + Smoothstep.of(fromEar(column), .28f, .38f) * Math.max(0, below - beside);
        }
        widen(growth);
        smooth(growth);
        float chin = 0;
        float within = 0;
        int from = Math.round(CHIN_FROM * COLUMNS);
        int to = Math.round(CHIN_TO * COLUMNS);
        for (int column = from; column < to; column++) {
            chin += mean(hair, column, OVER_NECK, OVER_NECK_TO) / (to - from);
            within += mean(rough, column, SURELY_INSIDE, OVER_NECK) / (to - from);
        }
        // the edge of a collar or a shaded throat is rough and dark as well, but only itself
        float beardAtAll = Smoothstep.of(chin, .32f, .5f) * Smoothstep.of(within, .02f, .034f);
        float most = 0;
        for (int column = 0; column < COLUMNS; column++) {
            growth[column] = beardAtAll * Smoothstep.of(growth[column], .25f, .55f);
            most = Math.max(most, growth[column]);
        }
        return most > .05f;
    }

    private static float mean(float[] cells, int column, int row, int to) {
        float sum = 0;
        for (int i = row * COLUMNS + column; i < to * COLUMNS; i += COLUMNS) {
            sum += cells[i];
        }
        return sum / (to - row);
    }

    /** Its borders are found where half of it is left. */
    private void widen(float[] perColumn) {
        System.arraycopy(perColumn, 0, blurred, 0, COLUMNS);
        for (int i = 0; i < COLUMNS; i++) {
            for (int j = Math.max(0, i - FRINGE); j <= Math.min(COLUMNS - 1, i + FRINGE); j++) {
                perColumn[i] = Math.max(perColumn[i], blurred[j]);
            }
        }
    }

    private void smooth(float[] perColumn) {
        System.arraycopy(perColumn, 0, blurred, 0, COLUMNS);
        int reach = 7;
        for (int i = 0; i < COLUMNS; i++) {
            float sum = 0;
            float norm = 0;
            for (int j = Math.max(0, i - reach); j <= Math.min(COLUMNS - 1, i + reach); j++) {
                float w = (float) Math.exp(-.5f * (j - i) * (j - i) / (2.5f * 2.5f));
                sum += w * blurred[j];
                norm += w;
            }
            perColumn[i] = sum / norm;
        }
    }

    /** From the hair inside the face outwards. */
    private void follow() {
        for (int column = 0; column < COLUMNS; column++) {
            float norm = 0;
            float sumLuma = 0;
            float sumColour = 0;
            for (int row = INSIDE; row < INSIDE_TO; row++) {
                int i = row * COLUMNS + column;
                float w = hair[i] + 1e-3f;
                norm += w;
                sumLuma += w * luma[i];
                sumColour += w * colour[i];
            }
            insideLuma[column] = sumLuma / norm;
            insideColour[column] = sumColour / norm;
        }
        smooth(insideLuma);
        smooth(insideColour);
        System.arraycopy(luma, 0, evenLuma, 0, CELLS);
        planes.blur(evenLuma, COLUMNS, ROWS, 1);
        for (int column = 0; column < COLUMNS; column++) {
            followColumn(column);
        }
        float ending = 1 - Smoothstep.of(length(), .3f, .7f);
        planes.blur(beard, COLUMNS, ROWS, .9);
        for (int column = 0; column < COLUMNS; column++) {
            for (int row = 0; row < ROWS; row++) {
                int i = row * COLUMNS + column;
                beard[i] *= ending * growth[column] * Smoothstep.of(JawBand.distance(row), -.098f, -.042f);
                neck[i] *= 1 - Smoothstep.of(beard[i], .02f, .2f);
            }
        }
    }

    private void followColumn(int column) {
        float ear = fromEar(column);
        // beside the jaw there is no neck, and hair may be what is seen
        float overNeck = Smoothstep.of(ear, .22f, .36f);
        float reach = .021f + .216f * overNeck;
        float start = -.03f * (1 - overNeck);
        int fringe = Math.round(FRINGE * overNeck);
        float run = 1;
        float darkest = insideLuma[column];
        for (int row = 0; row < ROWS; row++) {
            int i = row * COLUMNS + column;
            float distance = JawBand.distance(row);
            if (distance > start) {
                darkest = Math.min(darkest, evenLuma[i]);
                float lighter = luma[i] - insideLuma[column];
                // nearly black has no colour that one could compare
                float clear = .25f + .75f * Smoothstep.of(luma[i], 3.4f, 4.5f);
                float other = Math.abs(colour[i] - insideColour[column]) * clear;
                float like = (1 - Smoothstep.of(lighter, .35f, .7f))
                        * (1 - Smoothstep.of(-lighter, 1.2f, 1.8f))
                        * (1 - Smoothstep.of(other, .35f, .7f))
                        * (1 - Smoothstep.of(evenLuma[i] - darkest, .2f, .5f))
                        * Math.max(Smoothstep.of(dark[i], .12f, .3f), Smoothstep.of(1 - colour[i], .2f, .4f));
                run = Math.min(run, like);
            }
            beard[i] = run;
        }
        // its last hairs are thin, and half of their darkness would stay as a line
        for (int row = ROWS - 1; row >= 0; row--) {
            float within = beard[Math.max(0, row - fringe) * COLUMNS + column];
            beard[row * COLUMNS + column] = within * (1 - Smoothstep.of(JawBand.distance(row), reach - .035f, reach));
        }
    }

    /** Share of the beard's middle part that reaches far down. */
    private float length() {
        float sum = 0;
        float norm = 1e-3f;
        for (int column = 0; column < COLUMNS; column++) {
            float w = growth[column] * Smoothstep.of(fromEar(column), .3f, .4f);
            for (int row = FAR; row < FAR_TO; row++) {
                sum += w * beard[row * COLUMNS + column];
                norm += w;
            }
        }
        return sum / norm;
    }

    @Override
    public void close() {
        band.close();
        planes.close();
        List.of(picture, grey, fine, coarse, colours, roughness).forEach(Mat::release);
    }
}
