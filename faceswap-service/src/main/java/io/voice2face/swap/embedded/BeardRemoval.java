package io.voice2face.swap.embedded;

import java.util.Arrays;
import java.util.List;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

import io.voice2face.swap.face.Smoothstep;

/**
 * Takes the target's beard from jaw, chin and throat, where the carried face does not reach and has none itself: the
 * colour of the carried face goes over into the one of the neck. A beard that hangs down beyond the throat stays.
 */
final class BeardRemoval implements AutoCloseable {
    private static final int COLUMNS = JawBand.COLUMNS;
    private static final int ROWS = JawBand.ROWS;
    /** A beard does not change from frame to frame. */
    private static final int LOOK_INTERVAL = 5;

    private static final float LOOK_RATE = .3f;
    private static final float LEAST = .02f;
    /** Rows in which the carried face covers all. */
    private static final int COVERED = JawBand.rowAt(-.139f);

    private static final int COVERED_TO = JawBand.rowAt(-.07f);
    /** What a throat of which nothing is seen has of the face's light. */
    private static final float THROAT = .72f;
    /** Cells' worth of neck that count as much as this guess. */
    private static final float GUESS = .6f;
    /** Share of the hairs' own contrast that stays: shaven skin is not smooth. */
    private static final float DETAIL_KEPT = .2f;

    private static final float MOST_DETAIL = .25f;

    /** 0..1: the carried face has a beard itself. */
    private final float own;

    private final BeardFinder finder = new BeardFinder();
    private final JawBand band = new JawBand();
    private final TriangleRaster raster = JawBand.raster();
    private final Planes planes = new Planes();
    private final float[] beard = new float[COLUMNS * ROWS];
    private final float[] neck = new float[COLUMNS * ROWS];
    private final float[] shown = new float[COLUMNS * ROWS];
    private final float[] fill = new float[COLUMNS * ROWS * 3];
    private final float[] face = new float[COLUMNS * 3];
    private final float[] throat = new float[COLUMNS * 3];
    private final float[] throatWeight = new float[COLUMNS];
    private final float[] plane = new float[COLUMNS];
    private final byte[] bandBgr = new byte[COLUMNS * ROWS * 3];
    private final Mat bandPicture = new Mat();
    private final Mat shownBand = new Mat(ROWS, COLUMNS, CvType.CV_32F);
    private final Mat fillBand = new Mat(ROWS, COLUMNS, CvType.CV_32FC3);
    private final Mat map = new Mat();
    private final Mat smallShown = new Mat();
    private final Mat smallFill = new Mat();
    private final Mat shownPixels = new Mat();
    private final Mat fillPixels = new Mat();
    private final Mat even = new Mat();
    private float[] places = new float[0];
    private float[] coverage = new float[0];
    private float[] shownValues = new float[0];
    private float[] fillValues = new float[0];
    private byte[] pixels = new byte[0];
    private byte[] evenPixels = new byte[0];
    private int frames;
    private boolean any;

    BeardRemoval(SourceFace source) {
        this.own = source.beard;
    }

    /** Forgets the person. */
    void reset() {
        frames = 0;
        any = false;
        Arrays.fill(beard, 0);
        Arrays.fill(neck, 0);
    }

    /**
     * Looks at the frame as it came.
     *
     * @param xyz landmarks in it
     */
    void look(Mat frame, float[] xyz, float eyeDistance) {
        boolean first = frames == 0;
        if (frames++ % LOOK_INTERVAL != 0 || own > 1 - LEAST) {
            return;
        }
        boolean found = finder.look(frame, xyz, eyeDistance);
        if (!found && !any) {
            return;
        }
        // what is noticed later comes by degrees
        float rate = first ? 1 : LOOK_RATE;
        any = false;
        for (int i = 0; i < beard.length; i++) {
            float now = found ? finder.beard[i] * (1 - own) : 0;
            beard[i] += rate * (now - beard[i]);
            if (found) {
                neck[i] += rate * (finder.neck[i] - neck[i]);
            }
            any |= beard[i] > LEAST;
        }
    }

    /**
     * Paints over the beard, in place.
     *
     * @param xyz landmarks in the frame as it is now, the carried face in it
     * @param occlusion of the frame as it came
     * @param fade 0..1 how much of the carried face is shown
     * @return the part of the frame that may have changed
     */
    Rect apply(Mat frame, float[] xyz, float eyeDistance, OcclusionModel occlusion, SkinTexture skin, float fade) {
        if (!any) {
            return new Rect();
        }
        band.place(xyz, eyeDistance);
        show(occlusion, fade);
        band.sample(frame, 0, 0, 1, bandPicture);
        bandPicture.get(0, 0, bandBgr);
        mixFill();
        raster.draw(band.mesh(), eyeDistance);
        Rect bounds = lay(frame);
        if (!bounds.empty()) {
            paint(frame, bounds, eyeDistance, skin);
        }
        return bounds;
    }

    /** What lies before the jaw lies before its surroundings as well. */
    private void show(OcclusionModel occlusion, float fade) {
        for (int column = 0; column < COLUMNS; column++) {
            float place = JawBand.along(column) * (JawBand.OUTLINE.length - 1);
            int k = Math.min(JawBand.OUTLINE.length - 2, (int) place);
            float a = occlusion.at(JawBand.OUTLINE[k]);
            float b = occlusion.at(JawBand.OUTLINE[k + 1]);
            float free = fade * (1 - Math.max(a, b));
            for (int i = column; i < beard.length; i += COLUMNS) {
                shown[i] = beard[i] * free;
            }
        }
    }

    private void mixFill() {
        for (int column = 0; column < COLUMNS; column++) {
            for (int c = 0; c < 3; c++) {
                float sum = 0;
                for (int row = COVERED; row < COVERED_TO; row++) {
                    sum += bandBgr[(row * COLUMNS + column) * 3 + c] & 255;
                }
                face[column * 3 + c] = sum / (COVERED_TO - COVERED);
            }
            float weight = 0;
            Arrays.fill(throat, column * 3, column * 3 + 3, 0);
            for (int i = column; i < neck.length; i += COLUMNS) {
                weight += neck[i];
                for (int c = 0; c < 3; c++) {
                    throat[column * 3 + c] += neck[i] * (bandBgr[i * 3 + c] & 255);
                }
            }
            throatWeight[column] = weight;
        }
        smooth(throatWeight, 1, 0, .14);
        for (int c = 0; c < 3; c++) {
            smooth(face, 3, c, .02);
            smooth(throat, 3, c, .14);
        }
        for (int row = 0; row < ROWS; row++) {
            float down = Smoothstep.of(JawBand.distance(row), -.035f, .098f);
            for (int i = 0; i < COLUMNS * 3; i++) {
                float below = (throat[i] + GUESS * THROAT * face[i]) / (throatWeight[i / 3] + GUESS);
                fill[row * COLUMNS * 3 + i] = face[i] + down * (below - face[i]);
            }
        }
    }

    /** Smooths every so-many-th value along the band; sigma as a share of its length. */
    private void smooth(float[] values, int stride, int first, double sigma) {
        for (int i = 0; i < COLUMNS; i++) {
            plane[i] = values[i * stride + first];
        }
        planes.blur(plane, COLUMNS, 1, sigma * COLUMNS);
        for (int i = 0; i < COLUMNS; i++) {
            values[i * stride + first] = plane[i];
        }
    }

    /** Lays mask and colours over the frame; returns the part of it that they change. */
    private Rect lay(Mat frame) {
        int n = raster.width * raster.height;
        if (places.length < n * 2) {
            places = new float[n * 2];
            coverage = new float[n];
        }
        for (int i = 0; i < n; i++) {
            places[i * 2] = raster.values[i * 4];
            places[i * 2 + 1] = raster.values[i * 4 + 1];
        }
        map.create(raster.height, raster.width, CvType.CV_32FC2);
        map.put(0, 0, places);
        shownBand.put(0, 0, shown);
        fillBand.put(0, 0, fill);
        Imgproc.remap(shownBand, smallShown, map, new Mat(), Imgproc.INTER_LINEAR, Core.BORDER_CONSTANT, new Scalar(0));
        Imgproc.remap(fillBand, smallFill, map, new Mat(), Imgproc.INTER_LINEAR, Core.BORDER_REPLICATE, new Scalar(0));
        smallShown.get(0, 0, coverage);
        int left = raster.width;
        int top = raster.height;
        int right = 0;
        int bottom = 0;
        for (int i = 0; i < n; i++) {
            coverage[i] *= Smoothstep.of(raster.values[i * 4 + 3], .5f, 1);
            if (coverage[i] > 0) {
                left = Math.min(left, i % raster.width - 1);
                right = Math.max(right, i % raster.width + 2);
                top = Math.min(top, i / raster.width - 1);
                bottom = Math.max(bottom, i / raster.width + 2);
            }
        }
        if (right <= left) {
            return new Rect();
        }
        smallShown.put(0, 0, coverage);
        int step = raster.step;
        Size size = new Size((double) raster.width * step, (double) raster.height * step);
        Imgproc.resize(smallShown, shownPixels, size, 0, 0, Imgproc.INTER_LINEAR);
        Imgproc.resize(smallFill, fillPixels, size, 0, 0, Imgproc.INTER_LINEAR);
        int x0 = Math.max(0, raster.left + Math.max(0, left) * step);
        int y0 = Math.max(0, raster.top + Math.max(0, top) * step);
        int x1 = Math.min(frame.cols(), raster.left + Math.min(raster.width, right) * step);
        int y1 = Math.min(frame.rows(), raster.top + Math.min(raster.height, bottom) * step);
        return new Rect(x0, y0, Math.max(0, x1 - x0), Math.max(0, y1 - y0));
    }

    private void paint(Mat frame, Rect bounds, float eyeDistance, SkinTexture skin) {
        int n = bounds.width * bounds.height;
        if (pixels.length < n * 3) {
            pixels = new byte[n * 3];
            evenPixels = new byte[n * 3];
            shownValues = new float[n];
            fillValues = new float[n * 3];
        }
        Mat region = frame.submat(bounds);
        Imgproc.GaussianBlur(region, even, new Size(0, 0), .021 * eyeDistance);
        region.get(0, 0, pixels);
        even.get(0, 0, evenPixels);
        Rect within = new Rect(bounds.x - raster.left, bounds.y - raster.top, bounds.width, bounds.height);
        read(shownPixels, within, shownValues);
        read(fillPixels, within, fillValues);
        for (int i = 0; i < n; i++) {
            float a = shownValues[i];
            if (a <= LEAST / 4) {
                continue;
            }
            float detail = (luma(pixels, i) + Colours.FLOOR) / (luma(evenPixels, i) + Colours.FLOOR) - 1;
            float factor = 1 + DETAIL_KEPT * Math.max(-MOST_DETAIL, Math.min(MOST_DETAIL, detail));
            int y = bounds.y + i / bounds.width;
            int x = bounds.x + i % bounds.width;
            float grain = skin.grainAmplitude() * skin.grainRow(y)[x & SkinTexture.GRAIN_MASK];
            for (int c = i * 3; c < i * 3 + 3; c++) {
                float under = pixels[c] & 255;
                float over = Math.max(0, Math.min(255, fillValues[c] * factor + grain));
                pixels[c] = (byte) (int) (under + a * (over - under) + .5f);
            }
        }
        region.put(0, 0, pixels);
        region.release();
    }

    private static float luma(byte[] bgr, int i) {
        return Colours.BLUE * (bgr[i * 3] & 255)
                + Colours.GREEN * (bgr[i * 3 + 1] & 255)
                + Colours.RED * (bgr[i * 3 + 2] & 255);
    }

    private static void read(Mat plane, Rect part, float[] values) {
        Mat cut = plane.submat(part);
        cut.get(0, 0, values);
        cut.release();
    }

    @Override
    public void close() {
        finder.close();
        band.close();
        raster.close();
        planes.close();
        List.of(bandPicture, shownBand, fillBand, map, smallShown, smallFill, shownPixels, fillPixels, even)
                .forEach(Mat::release);
    }
}
