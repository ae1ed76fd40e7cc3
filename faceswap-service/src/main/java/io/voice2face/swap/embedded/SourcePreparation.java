package io.voice2face.swap.embedded;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfInt;
import org.opencv.core.MatOfPoint;
import org.opencv.core.Point;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

import io.voice2face.swap.face.FaceRegions;
import io.voice2face.swap.face.FaceTopology;
import io.voice2face.swap.face.HeadPose;
import io.voice2face.swap.face.PoseEstimator;
import io.voice2face.swap.face.Smoothstep;
import io.voice2face.swap.face.TrackedFace;

/** Makes a {@link SourceFace} of a portrait and its landmarks. */
final class SourcePreparation {
    /** Points of both brows' upper edges, from left to right in the picture. */
    private static final int[] BROW_TOPS = {70, 63, 105, 66, 107, 336, 296, 334, 293, 300};

    private static final float CELLS = CellLayout.PER_EYE_DISTANCE;
    /** ln(luma) below the skin around from which a shadow is softened, and by which share of what is beyond. */
    private static final double SHADOW = .15;

    private static final double SHADOW_TAKEN = .65;
    /** Share of the jaw that is grown over between which a portrait begins to have a beard of its own. */
    private static final float BEARDED_FROM = .25f;

    private static final float BEARDED = .5f;
    private static final double[] TEXTURE_SCALES = {2, 1, .5};

    private final FaceTopology topology;
    private final CellLayout layout;
    private final float[] xyz;
    private final float eyeDistance;

    SourcePreparation(FaceTopology topology, float[] xyz) {
        this.topology = topology;
        this.xyz = xyz;
        this.layout = new CellLayout(xyz, topology);
        this.eyeDistance = TrackedFace.eyeDistance(xyz);
    }

    /**
     * Prepares the face.
     *
     * @param bgr 8-bit BGR portrait that the landmarks belong to
     */
    SourceFace prepare(Mat bgr) {
        float[] features = features();
        float[] cover = cover();
        Mat crop = crop(bgr);
        try (Planes planes = new Planes()) {
            clearHair(crop, cover, features, planes);
            new ClosedLips(crop, layout, eyeDistance).apply(planes);
            float[] logLuma = new float[layout.width * layout.height];
            float[] logBlue = new float[logLuma.length];
            float[] logRed = new float[logLuma.length];
            cellColours(crop, logLuma, logBlue, logRed);
            float[] skin = new float[cover.length];
            for (int i = 0; i < skin.length; i++) {
                skin[i] = cover[i] > 0 && layout.corner0[i] >= 0 ? (1 - features[i]) : 0;
            }
            softenCastShadows(crop, skinBase(logLuma, skin, planes), features);
            cellColours(crop, logLuma, logBlue, logRed);
            float[] base = skinBase(logLuma, skin, planes);
            return new SourceFace(
                    topology,
                    layout,
                    textures(crop, base),
                    cover,
                    skin,
                    logLuma,
                    logBlue,
                    logRed,
                    base,
                    unposedShape(xyz, topology),
                    eyeDistance,
                    (float) Math.exp(medianAround(logBlue, .16f, 50, 280, 4, 151)),
                    (float) Math.exp(medianAround(logRed, .16f, 50, 280, 4, 151)),
                    new float[] {EyeLids.aspect(xyz, FaceRegions.LEFT_EYE), EyeLids.aspect(xyz, FaceRegions.RIGHT_EYE)},
                    beard(bgr));
        } finally {
            crop.release();
        }
    }

    private float beard(Mat bgr) {
        try (BeardFinder finder = new BeardFinder()) {
            finder.look(bgr, xyz, eyeDistance);
            return Smoothstep.of(finder.share(), BEARDED_FROM, BEARDED);
        }
    }

    /** The portrait's part under the layout, one pixel per source pixel. */
    private Mat crop(Mat bgr) {
        Mat crop = new Mat();
        int width = Math.round(layout.width * layout.pixelsPerCell);
        int height = Math.round(layout.height * layout.pixelsPerCell);
        Mat shift = new Mat(2, 3, CvType.CV_64F);
        shift.put(0, 0, 1, 0, -layout.originX, 0, 1, -layout.originY);
        Imgproc.warpAffine(
                bgr, crop, shift, new Size(width, height), Imgproc.INTER_CUBIC, Core.BORDER_REPLICATE, new Scalar(0));
        shift.release();
        return crop;
    }

    private MatOfPoint outline(FaceRegions region, int scale) {
        Point[] outline = new Point[region.size()];
        for (int i = 0; i < outline.length; i++) {
            int p = region.point(i);
            outline[i] = new Point(layout.points[p * 2] * scale, layout.points[p * 2 + 1] * scale);
        }
        return new MatOfPoint(outline);
    }

    /** 1 on eyes, brows, lips and nostrils with their surroundings, with soft borders, per cell. */
    private float[] features() {
        Mat mask = Mat.zeros(layout.height, layout.width, CvType.CV_8U);
        fillHull(mask, FaceRegions.LEFT_EYE, .14f);
        fillHull(mask, FaceRegions.RIGHT_EYE, .14f);
        fillHull(mask, FaceRegions.LEFT_BROW, .10f);
        fillHull(mask, FaceRegions.RIGHT_BROW, .10f);
        fillHull(mask, FaceRegions.OUTER_LIPS, .10f);
        fillHull(mask, FaceRegions.NOSTRILS, .05f);
        float[] result = toFloat(mask, .03f);
        mask.release();
        return result;
    }

    private void fillHull(Mat mask, FaceRegions region, float dilation) {
        MatOfPoint points = outline(region, 1);
        MatOfInt order = new MatOfInt();
        Imgproc.convexHull(points, order);
        Point[] all = points.toArray();
        Point[] hull = Arrays.stream(order.toArray()).mapToObj(i -> all[i]).toArray(Point[]::new);
        Mat one = Mat.zeros(mask.size(), CvType.CV_8U);
        MatOfPoint polygon = new MatOfPoint(hull);
        Imgproc.fillConvexPoly(one, polygon, new Scalar(255));
        int radius = Math.max(1, Math.round(dilation * CELLS / 2));
        Mat kernel = Imgproc.getStructuringElement(Imgproc.MORPH_ELLIPSE, new Size(2 * radius + 1, 2 * radius + 1));
        Imgproc.dilate(one, one, kernel);
        Core.max(mask, one, mask);
        for (Mat mat : List.of(points, order, one, polygon, kernel)) {
            mat.release();
        }
    }

    private float[] toFloat(Mat mask, float blur) {
        Mat soft = new Mat();
        mask.convertTo(soft, CvType.CV_32F, 1 / 255.);
        Imgproc.GaussianBlur(soft, soft, new Size(0, 0), blur * CELLS);
        float[] result = new float[layout.width * layout.height];
        soft.get(0, 0, result);
        soft.release();
        return result;
    }

    /**
     * Cover by distance inside the oval: it begins a little inside and reaches 1 over a feather that is a little
     * wider at the forehead and narrow at the jaw.
     */
    private float[] cover() {
        Mat inside = Mat.zeros(layout.height, layout.width, CvType.CV_8U);
        MatOfPoint oval = outline(FaceRegions.OVAL, 1);
        Imgproc.fillPoly(inside, List.of(oval), new Scalar(255));
        Mat distance = new Mat();
        Imgproc.distanceTransform(inside, distance, Imgproc.DIST_L2, Imgproc.DIST_MASK_PRECISE);
        Imgproc.GaussianBlur(distance, distance, new Size(0, 0), .03 * CELLS);
        float[] result = new float[layout.width * layout.height];
        distance.get(0, 0, result);
        float browLine = (layout.points[105 * 2 + 1] + layout.points[334 * 2 + 1]) / 2;
        float top = layout.points[10 * 2 + 1];
        float mouthLine = (layout.points[61 * 2 + 1] + layout.points[291 * 2 + 1]) / 2;
        float chin = layout.points[152 * 2 + 1];
        for (int y = 0; y < layout.height; y++) {
            float forehead = Smoothstep.of(browLine + .1f * CELLS - y, 0, (browLine - top) * .9f);
            float jaw = Smoothstep.of(y, mouthLine - .25f * CELLS, chin - .1f * CELLS);
            float offset = (.025f + .025f * forehead - .012f * jaw) * CELLS;
            float feather = (.115f + .03f * forehead - .052f * jaw) * CELLS;
            for (int x = 0; x < layout.width; x++) {
                int i = y * layout.width + x;
                result[i] = Smoothstep.of(result[i], offset, offset + feather);
            }
        }
        inside.release();
        oval.release();
        distance.release();
        return result;
    }

    /**
     * Replaces hair that hangs into the oval by the skin around it. Leaving it out of the cover instead would let the
     * target's brows show.
     */
    private void clearHair(Mat crop, float[] cover, float[] features, Planes planes) {
        int n = cover.length;
        float[] luma = new float[n];
        float[] blue = new float[n];
        float[] red = new float[n];
        cellColours(crop, luma, blue, red);
        float skinLuma = medianAround(luma, 0.16f, 50, 280, 4, 151);
        float skinRed = medianAround(red, 0.16f, 50, 280, 4, 151);
        HairMask mask = new HairMask(layout, cover, features, layout.cellsOf(.03f, FaceRegions.FEATURES));
        float[] hair = mask.find(luma, red, skinLuma, skinRed, browTops(), planes);
        if (mask.any(hair)) {
            float[] keep = new float[n];
            for (int i = 0; i < n; i++) {
                keep[i] = 1 - hair[i];
            }
            inpaint(crop, keep, features, planes);
        }
    }

    /** Row of the brows' upper edge in every column: a fringe may end anywhere above it. */
    private float[] browTops() {
        float[] tops = new float[layout.width];
        for (int x = 0; x < tops.length; x++) {
            int right = 0;
            while (right < BROW_TOPS.length && layout.points[BROW_TOPS[right] * 2] < x) {
                right++;
            }
            int a = BROW_TOPS[Math.max(right - 1, 0)];
            int b = BROW_TOPS[Math.min(right, BROW_TOPS.length - 1)];
            float span = layout.points[b * 2] - layout.points[a * 2];
            float part = span > 0 ? (x - layout.points[a * 2]) / span : 0;
            tops[x] = layout.points[a * 2 + 1] + part * (layout.points[b * 2 + 1] - layout.points[a * 2 + 1]);
        }
        return tops;
    }

    private void inpaint(Mat crop, float[] keep, float[] features, Planes planes) {
        int width = crop.cols();
        int height = crop.rows();
        Mat cells = new Mat(layout.height, layout.width, CvType.CV_32F);
        float[] eroded = keep.clone();
        planes.blur(eroded, layout.width, layout.height, .03 * CELLS);
        for (int i = 0; i < eroded.length; i++) {
            eroded[i] = Smoothstep.of(eroded[i], .55f, .95f);
        }
        cells.put(0, 0, eroded);
        Mat keepPixels = new Mat();
        Imgproc.resize(cells, keepPixels, new Size(width, height), 0, 0, Imgproc.INTER_LINEAR);
        for (int i = 0; i < eroded.length; i++) {
            eroded[i] *= (1 - features[i]) * (layout.corner0[i] >= 0 ? 1 : 0);
        }
        cells.put(0, 0, eroded);
        Mat skinPixels = new Mat();
        Imgproc.resize(cells, skinPixels, new Size(width, height), 0, 0, Imgproc.INTER_LINEAR);
        float[] k = new float[width * height];
        float[] s = new float[width * height];
        keepPixels.get(0, 0, k);
        skinPixels.get(0, 0, s);
        byte[] pixels = new byte[width * height * 3];
        crop.get(0, 0, pixels);
        float[] norm = s.clone();
        float[] plane = new float[s.length];
        double sigma = .22 * eyeDistance;
        planes.blur(norm, width, height, sigma);
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < plane.length; i++) {
                plane[i] = s[i] * (pixels[i * 3 + c] & 255);
            }
            planes.blur(plane, width, height, sigma);
            for (int i = 0; i < plane.length; i++) {
                if (norm[i] > 1e-4f) {
                    float value = k[i] * (pixels[i * 3 + c] & 255) + (1 - k[i]) * plane[i] / norm[i];
                    pixels[i * 3 + c] = (byte) Math.max(0, Math.min(255, Math.round(value)));
                }
            }
        }
        crop.put(0, 0, pixels);
        cells.release();
        keepPixels.release();
        skinPixels.release();
    }

    /**
     * A hard shadow, of a nose on its side for instance, belongs to the portrait's light and not to the face; the target's
     * light falls otherwise. On plain skin above the mouth, where no beard grows, little is darker than this by itself.
     *
     * @param base luma of the skin around, per cell
     */
    private void softenCastShadows(Mat crop, float[] base, float[] features) {
        float noseBase = layout.points[2 * 2 + 1];
        Mat cells = new Mat(layout.height, layout.width, CvType.CV_32FC2);
        float[] values = new float[base.length * 2];
        for (int i = 0; i < base.length; i++) {
            float above = 1 - Smoothstep.of(i / layout.width, noseBase - .2f * CELLS, noseBase + .05f * CELLS);
            values[i * 2] = (float) Math.log(base[i] + Colours.FLOOR);
            values[i * 2 + 1] = (1 - features[i]) * above;
        }
        cells.put(0, 0, values);
        Mat pixelsOf = new Mat();
        Imgproc.resize(cells, pixelsOf, crop.size(), 0, 0, Imgproc.INTER_LINEAR);
        values = new float[crop.cols() * crop.rows() * 2];
        pixelsOf.get(0, 0, values);
        byte[] pixels = new byte[crop.cols() * crop.rows() * 3];
        crop.get(0, 0, pixels);
        for (int i = 0; i < pixels.length / 3; i++) {
            float luma = Colours.BLUE * (pixels[i * 3] & 255)
                    + Colours.GREEN * (pixels[i * 3 + 1] & 255)
                    + Colours.RED * (pixels[i * 3 + 2] & 255);
            double darker = values[i * 2] - Math.log(luma + Colours.FLOOR) - SHADOW;
            if (darker > 0) {
                double lift = Math.exp(values[i * 2 + 1] * SHADOW_TAKEN * darker);
                for (int c = i * 3; c < i * 3 + 3; c++) {
                    pixels[c] = (byte) Math.min(255, Math.round((pixels[c] & 255) * lift));
                }
            }
        }
        crop.put(0, 0, pixels);
        cells.release();
        pixelsOf.release();
    }

    private void cellColours(Mat crop, float[] luma, float[] blue, float[] red) {
        Mat cells = new Mat();
        Imgproc.resize(crop, cells, new Size(layout.width, layout.height), 0, 0, Imgproc.INTER_AREA);
        byte[] bytes = new byte[layout.width * layout.height * 3];
        cells.get(0, 0, bytes);
        cells.release();
        Colours.split(bytes, luma.length, luma, blue, red);
    }

    private float medianAround(float[] plane, float radius, int... landmarks) {
        float r = radius * CELLS;
        float[] values = new float[plane.length];
        int count = 0;
        for (int landmark : landmarks) {
            float cx = layout.points[landmark * 2];
            float cy = layout.points[landmark * 2 + 1];
            for (int y = Math.max(0, (int) (cy - r)); y <= Math.min(layout.height - 1, cy + r); y++) {
                for (int x = Math.max(0, (int) (cx - r)); x <= Math.min(layout.width - 1, cx + r); x++) {
                    if (count < values.length && Math.hypot(x - cx, y - cy) <= r) {
                        values[count++] = plane[y * layout.width + x];
                    }
                }
            }
        }
        Arrays.sort(values, 0, count);
        return values[count / 2];
    }

    /** Luma of the skin around each cell, without what eyes, brows and lips add or take: the level of zero detail. */
    private float[] skinBase(float[] logLuma, float[] skin, Planes planes) {
        float[] norm = new float[skin.length];
        float[] base = new float[skin.length];
        double mean = 0;
        double weights = 1e-6;
        for (int i = 0; i < base.length; i++) {
            norm[i] = skin[i];
            base[i] = skin[i] * logLuma[i];
            mean += base[i];
            weights += skin[i];
        }
        planes.blur(norm, layout.width, layout.height, .17 * CELLS);
        planes.blur(base, layout.width, layout.height, .17 * CELLS);
        for (int i = 0; i < base.length; i++) {
            float value = (float) ((base[i] + .01 * mean / weights) / (norm[i] + .01));
            base[i] = (float) Math.max(2, Math.min(255, Math.exp(value) - Colours.FLOOR));
        }
        return base;
    }

    private List<SourceFace.Texture> textures(Mat crop, float[] skinBase) {
        Mat baseCells = new Mat(layout.height, layout.width, CvType.CV_32F);
        baseCells.put(0, 0, skinBase);
        baseCells.convertTo(baseCells, CvType.CV_8U);
        List<SourceFace.Texture> result = new ArrayList<>();
        for (double scale : TEXTURE_SCALES) {
            Mat scaled = new Mat();
            int how = scale < 1 ? Imgproc.INTER_AREA : Imgproc.INTER_CUBIC;
            Imgproc.resize(
                    crop,
                    scaled,
                    new Size(Math.round(crop.cols() * scale), Math.round(crop.rows() * scale)),
                    0,
                    0,
                    how);
            Mat base = new Mat();
            Imgproc.resize(baseCells, base, scaled.size(), 0, 0, Imgproc.INTER_LINEAR);
            List<Mat> channels = new ArrayList<>();
            Core.split(scaled, channels);
            channels.add(base);
            Mat pixels = new Mat();
            Core.merge(channels, pixels);
            result.add(new SourceFace.Texture(pixels, (float) scale));
            channels.forEach(Mat::release);
            scaled.release();
        }
        baseCells.release();
        return List.copyOf(result);
    }

    /** Landmarks with the head turned to the viewer, in eye distances, centred on the rigid points. */
    static float[] unposedShape(float[] xyz, FaceTopology topology) {
        try (PoseEstimator estimator = new PoseEstimator(topology)) {
            float[] shape = new float[xyz.length];
            unpose(xyz, estimator.estimate(xyz), shape);
            return shape;
        }
    }

    /** Writes the landmarks of one face without its pose. */
    static void unpose(float[] xyz, HeadPose pose, float[] shape) {
        float size = TrackedFace.eyeDistance(xyz);
        float[] r = pose.rotation();
        FaceRegions rigid = FaceRegions.RIGID;
        float cx = 0;
        float cy = 0;
        float cz = 0;
        for (int i = 0; i < rigid.size(); i++) {
            int p = rigid.point(i) * 3;
            cx += xyz[p] / rigid.size();
            cy += xyz[p + 1] / rigid.size();
            cz += xyz[p + 2] / rigid.size();
        }
        for (int i = 0; i < xyz.length; i += 3) {
            float x = (xyz[i] - cx) / size;
            float y = (xyz[i + 1] - cy) / size;
            float z = (xyz[i + 2] - cz) / size;
            shape[i] = r[0] * x + r[3] * y + r[6] * z;
            shape[i + 1] = r[1] * x + r[4] * y + r[7] * z;
            shape[i + 2] = r[2] * x + r[5] * y + r[8] * z;
        }
    }
}
