package io.voice2face.swap.embedded;

import java.util.ArrayList;
import java.util.List;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfPoint;
import org.opencv.core.Point;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

import io.voice2face.swap.face.FaceRegions;
import io.voice2face.swap.face.Smoothstep;

/**
 * Lays the relit source over the frame: masks and light at the raster's size, texture and blending at the frame's, there
 * in bands that stay in the processor's cache.
 */
final class Compositor implements AutoCloseable {
    private static final float[] RECIPROCAL = new float[256];
    private static final float PER_GREEN = 1 / Colours.GREEN;
    /** Frame rows that are mixed at once. */
    private static final int BAND = 48;
    /** A pixel whose share of the source is less is left alone. */
    private static final float LEAST = .004f;

    static {
        for (int i = 0; i < 256; i++) {
            RECIPROCAL[i] = 1f / Math.max(2, i);
        }
    }

    private final SourceFace source;
    private final Mat lightGrid;
    private final Mat coverGrid;
    private final Mat smallMap = new Mat();
    private final Mat smallLight = new Mat();
    private final Mat smallCover = new Mat();
    private final Mat smallAlpha = new Mat();
    private final Mat openings = new Mat();
    private final Mat light = new Mat();
    private final Mat alpha = new Mat();
    private final Mat map = new Mat();
    private final Mat texture = new Mat();
    private final Mat before = new Mat();

    private float[] smallMapValues = new float[0];
    private float[] coverRow = new float[0];
    private float[] alphaValues = new float[0];
    private byte[] openingValues = new byte[0];
    private float[] lightValues = new float[0];
    private float[] alphaBand = new float[0];
    private byte[] textureValues = new byte[0];
    private byte[] frameValues = new byte[0];

    /** Bounds of the last composite in the frame. */
    private int x0;

    private int y0;
    private int x1;
    private int y1;

    Compositor(SourceFace source, LightTransfer light) {
        this.source = source;
        this.lightGrid = new Mat(light.height, light.width, CvType.CV_32FC4);
        this.coverGrid = new Mat(source.layout.height, source.layout.width, CvType.CV_32F);
        coverGrid.put(0, 0, source.cover);
    }

    /**
     * Blends in place.
     *
     * @param xyz landmarks in the frame
     * @param occluder what lies before the face
     * @param fade 0..1 how much of the source to show
     * @return the part of the frame that may have changed
     */
    Rect blend(
            Mat frame,
            float[] xyz,
            float eyeDistance,
            TriangleRaster raster,
            LightTransfer lighting,
            OccluderMask occluder,
            EyeLids lids,
            SkinTexture skin,
            float fade) {
        if (!place(frame, raster)) {
            return new Rect();
        }
        layMaps(raster, lighting);
        drawOpenings(xyz, eyeDistance, raster, lids);
        mixAlpha(raster, fade);
        mapInto(source.textureFor(eyeDistance), raster);
        boolean measure = skin.isDue();
        Rect bounds = new Rect(x0, y0, x1 - x0, y1 - y0);
        Mat region = frame.submat(bounds);
        if (measure) {
            region.copyTo(before);
        }
        mix(frame, source.textureFor(eyeDistance).pixels(), raster, lighting, occluder, skin);
        if (measure) {
            measure(region, raster, occluder, skin);
        }
        region.release();
        return bounds;
    }

    private boolean place(Mat frame, TriangleRaster raster) {
        x0 = Math.max(0, raster.left);
        y0 = Math.max(0, raster.top);
        x1 = Math.min(frame.cols(), raster.left + raster.width * raster.step);
        y1 = Math.min(frame.rows(), raster.top + raster.height * raster.step);
        return x1 - x0 >= 4 && y1 - y0 >= 4;
    }

    private void layMaps(TriangleRaster raster, LightTransfer lighting) {
        int n = raster.width * raster.height;
        if (smallMapValues.length < n * 2) {
            smallMapValues = new float[n * 2];
            coverRow = new float[n];
            alphaValues = new float[n];
            openingValues = new byte[n];
        }
        float[] values = raster.values;
        for (int i = 0; i < n; i++) {
            smallMapValues[i * 2] = values[i * 4];
            smallMapValues[i * 2 + 1] = values[i * 4 + 1];
        }
        smallMap.create(raster.height, raster.width, CvType.CV_32FC2);
        smallMap.put(0, 0, smallMapValues);
        Imgproc.remap(
                coverGrid, smallCover, smallMap, new Mat(), Imgproc.INTER_LINEAR, Core.BORDER_REPLICATE, new Scalar(0));
        smallCover.get(0, 0, coverRow);
        for (int i = 0; i < n * 2; i++) {
            smallMapValues[i] = smallMapValues[i] * .5f - .25f;
        }
        smallMap.put(0, 0, smallMapValues);
        lightGrid.put(0, 0, lighting.factors);
        Imgproc.remap(
                lightGrid, smallLight, smallMap, new Mat(), Imgproc.INTER_LINEAR, Core.BORDER_REPLICATE, new Scalar(0));
    }

    /** Eyeballs and the inner mouth stay the target's. */
    private void drawOpenings(float[] xyz, float eyeDistance, TriangleRaster raster, EyeLids lids) {
        openings.create(raster.height, raster.width, CvType.CV_8U);
        openings.setTo(new Scalar(0));
        fill(xyz, raster, FaceRegions.LEFT_EYE, 1 - Smoothstep.of(lids.closure(0), .5f, .9f));
        fill(xyz, raster, FaceRegions.RIGHT_EYE, 1 - Smoothstep.of(lids.closure(1), .5f, .9f));
        float gap = (float) Math.hypot(xyz[13 * 3] - xyz[14 * 3], xyz[13 * 3 + 1] - xyz[14 * 3 + 1]) / eyeDistance;
        fill(xyz, raster, FaceRegions.INNER_LIPS, Smoothstep.of(gap, .015f, .05f));
        Imgproc.GaussianBlur(openings, openings, new Size(0, 0), Math.max(.5, .011 * eyeDistance / raster.step));
        openings.get(0, 0, openingValues);
    }

    private void fill(float[] xyz, TriangleRaster raster, FaceRegions region, float weight) {
        if (weight < .01f) {
            return;
        }
        float half = (raster.step - 1) * .5f;
        Point[] points = new Point[region.size()];
        for (int i = 0; i < points.length; i++) {
            int p = region.point(i) * 3;
            points[i] = new Point(
                    Math.round(16 * (xyz[p] - raster.left - half) / raster.step),
                    Math.round(16 * (xyz[p + 1] - raster.top - half) / raster.step));
        }
        MatOfPoint polygon = new MatOfPoint(points);
        List<MatOfPoint> polygons = new ArrayList<>(1);
        polygons.add(polygon);
        Imgproc.fillPoly(openings, polygons, new Scalar(255 * weight), Imgproc.LINE_AA, 4);
        polygon.release();
    }

    private void mixAlpha(TriangleRaster raster, float fade) {
        int n = raster.width * raster.height;
        float[] values = raster.values;
        for (int i = 0; i < n; i++) {
            float coverage = values[i * 4 + 3];
            float a = coverage < .02f ? 0 : coverRow[i] * coverage * fade;
            if (a > 0) {
                a *= Smoothstep.of(values[i * 4 + 2], .10f, .42f);
                a *= 1 - (openingValues[i] & 255) / 255f;
            }
            alphaValues[i] = a;
        }
        smallAlpha.create(raster.height, raster.width, CvType.CV_32F);
        smallAlpha.put(0, 0, alphaValues);
    }

    /** Turns the map of light cells into one of texture pixels. */
    private void mapInto(SourceFace.Texture chosen, TriangleRaster raster) {
        float scale = chosen.scale();
        int n = raster.width * raster.height * 2;
        // smallMapValues hold light cells: back to layout cells, then to texture pixels
        float toTexture = source.layout.pixelsPerCell * scale;
        float offset = (scale - 1) / 2;
        for (int i = 0; i < n; i++) {
            smallMapValues[i] = (smallMapValues[i] + .25f) * 2 * toTexture + offset;
        }
        smallMap.put(0, 0, smallMapValues);
    }

    private void mix(
            Mat frame,
            Mat pixels,
            TriangleRaster raster,
            LightTransfer lighting,
            OccluderMask occluder,
            SkinTexture skin) {
        int rows = Math.max(1, BAND / raster.step);
        for (int top = 0; top < raster.height; top += rows) {
            int bottom = Math.min(raster.height, top + rows);
            int left = raster.width;
            int right = 0;
            // what lies beside shows at the borders of what is enlarged
            for (int y = Math.max(0, top - 1); y < Math.min(raster.height, bottom + 1); y++) {
                for (int x = 0; x < raster.width; x++) {
                    if (alphaValues[y * raster.width + x] > 0) {
                        left = Math.min(left, x - 1);
                        right = Math.max(right, x + 2);
                    }
                }
            }
            left = Math.max(0, left);
            right = Math.min(raster.width, right);
            if (left < right) {
                Rect band = new Rect(left, top, right - left, bottom - top);
                mixBand(frame, pixels, band, raster, lighting, occluder, skin);
            }
        }
    }

    /**
     * Mixes a part of the raster.
     *
     * @param band in raster pixels
     */
    private void mixBand(
            Mat frame,
            Mat pixels,
            Rect band,
            TriangleRaster raster,
            LightTransfer lighting,
            OccluderMask occluder,
            SkinTexture skin) {
        int step = raster.step;
        int left = Math.max(x0, raster.left + band.x * step);
        int top = Math.max(y0, raster.top + band.y * step);
        int columns = Math.min(x1, raster.left + (band.x + band.width) * step) - left;
        int rows = Math.min(y1, raster.top + (band.y + band.height) * step) - top;
        if (columns <= 0 || rows <= 0) {
            return;
        }
        Rect wide = widened(band, 1 + (skin.reach() + step - 1) / step, raster);
        int wideLeft = raster.left + wide.x * step;
        int wideTop = raster.top + wide.y * step;
        int wideColumns = wide.width * step;
        enlarge(wide, step, pixels);
        occluder.clear(alpha, wideLeft, wideTop);
        skin.soften(texture);

        int n = wideColumns * wide.height * step;
        if (alphaBand.length < n) {
            alphaBand = new float[n];
            lightValues = new float[n * 4];
            textureValues = new byte[n * 4];
            frameValues = new byte[n * 3];
        }
        alpha.get(0, 0, alphaBand);
        light.get(0, 0, lightValues);
        texture.get(0, 0, textureValues);
        Mat region = frame.submat(new Rect(left, top, columns, rows));
        region.get(0, 0, frameValues);
        for (int y = 0; y < rows; y++) {
            mixRow(
                    y * columns,
                    (top + y - wideTop) * wideColumns + left - wideLeft,
                    columns,
                    lighting.contrast(),
                    lighting.chroma(),
                    skin.grainRow(top + y),
                    left,
                    skin.grainAmplitude());
        }
        region.put(0, 0, frameValues);
        region.release();
    }

    private static Rect widened(Rect band, int margin, TriangleRaster raster) {
        int left = Math.max(0, band.x - margin);
        int top = Math.max(0, band.y - margin);
        int right = Math.min(raster.width, band.x + band.width + margin);
        int bottom = Math.min(raster.height, band.y + band.height + margin);
        return new Rect(left, top, right - left, bottom - top);
    }

    private void enlarge(Rect part, int step, Mat pixels) {
        Size size = new Size(part.width * step, part.height * step);
        enlarge(smallMap, part, size, map);
        enlarge(smallLight, part, size, light);
        enlarge(smallAlpha, part, size, alpha);
        Imgproc.remap(pixels, texture, map, new Mat(), Imgproc.INTER_LINEAR, Core.BORDER_REPLICATE, new Scalar(0));
    }

    private static void enlarge(Mat small, Rect part, Size size, Mat large) {
        Mat from = small.submat(part);
        Imgproc.resize(from, large, size, 0, 0, Imgproc.INTER_LINEAR);
        from.release();
    }

    private void measure(Mat region, TriangleRaster raster, OccluderMask occluder, SkinTexture skin) {
        Size size = new Size(raster.width * raster.step, raster.height * raster.step);
        Imgproc.resize(smallAlpha, alpha, size, 0, 0, Imgproc.INTER_LINEAR);
        occluder.clear(alpha, raster.left, raster.top);
        Mat shown = alpha.submat(new Rect(x0 - raster.left, y0 - raster.top, x1 - x0, y1 - y0));
        skin.measure(before, region, shown);
        shown.release();
    }

    private void mixRow(
            int target,
            int from,
            int columns,
            float contrast,
            float chroma,
            byte[] grain,
            int grainFrom,
            float grainAmplitude) {
        float skinBlue = source.skinBlue;
        float skinRed = source.skinRed;
        for (int x = 0; x < columns; x++) {
            float a = alphaBand[from + x];
            if (a < LEAST) {
                continue;
            }
            int s = (from + x) * 4;
            int t = (target + x) * 3;
            float b = textureValues[s] & 255;
            float g = textureValues[s + 1] & 255;
            float r = textureValues[s + 2] & 255;
            int base = textureValues[s + 3] & 255;
            float luma = Colours.BLUE * b + Colours.GREEN * g + Colours.RED * r + .5f;
            float share = luma * RECIPROCAL[base];
            float gloss = lightValues[s + 3];
            float detail = (share - 1) * contrast * Detail.lumaKept(share, gloss);
            float lit = (1 + detail) * ((base + Colours.FLOOR) * lightValues[s] - Colours.FLOOR);
            lit += grainAmplitude * grain[grainFrom + x & SkinTexture.GRAIN_MASK];
            if (lit > 225) {
                lit = 225 + 30 * (lit - 225) / (lit - 225 + 30);
            }
            float keep = chroma * Detail.colourKept(share, gloss);
            float perLuma = 1 / luma;
            float offBlue = Detail.blue(keep * (b * perLuma - skinBlue), gloss);
            float offRed = Detail.red(keep * (r * perLuma - skinRed), gloss);
            float blue = lit * lightValues[s + 1] * (skinBlue + offBlue);
            float red = lit * lightValues[s + 2] * (skinRed + offRed);
            float green = (lit - Colours.BLUE * blue - Colours.RED * red) * PER_GREEN;
            frameValues[t] = blend(frameValues[t], blue, a);
            frameValues[t + 1] = blend(frameValues[t + 1], green, a);
            frameValues[t + 2] = blend(frameValues[t + 2], red, a);
        }
    }

    private static byte blend(byte under, float over, float a) {
        float u = under & 255;
        float limited = over > 255 ? 255 : over > 0 ? over : 0;
        float v = u + a * (limited - u) + .5f;
        return (byte) (int) v;
    }

    @Override
    public void close() {
        for (Mat mat : List.of(
                lightGrid,
                coverGrid,
                smallMap,
                smallLight,
                smallCover,
                smallAlpha,
                openings,
                light,
                alpha,
                map,
                texture,
                before)) {
            mat.release();
        }
    }
}
