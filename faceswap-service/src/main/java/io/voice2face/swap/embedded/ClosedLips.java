package io.voice2face.swap.embedded;

import java.util.Arrays;
import java.util.List;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfPoint;
import org.opencv.core.Point;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

import io.voice2face.swap.face.FaceRegions;
import io.voice2face.swap.face.Smoothstep;

/**
 * Closes the lips of a portrait that shows its teeth. Of an open mouth the target's own inside is shown; where the target's
 * is closed, the portrait's teeth would stand between its lips, for a mesh often sees less of a smile than there is.
 */
final class ClosedLips {
    /** Teeth lie at most so far outside the mesh's opening, eye distances. */
    private static final double NEAR = .05;
    /** Pixels of teeth, in squares of the eye distance, under which a mouth counts as closed. */
    private static final double TEETH = .0015;
    /** What the line between closed lips has of their light. */
    private static final float LINE = .45f;

    /** By which the opening is widened for it, eye distances. */
    private static final double LINE_WIDTH = .008;

    private final Mat crop;
    private final CellLayout layout;
    private final double eyeDistance;
    private final int pixels;
    private final byte[] bgr;

    /**
     * @param crop 8-bit BGR, the portrait's part under the layout
     * @param eyeDistance in its pixels
     */
    ClosedLips(Mat crop, CellLayout layout, double eyeDistance) {
        this.crop = crop;
        this.layout = layout;
        this.eyeDistance = eyeDistance;
        this.pixels = crop.rows() * crop.cols();
        this.bgr = new byte[pixels * 3];
        crop.get(0, 0, bgr);
    }

    /** Changes the portrait, in place; not where no teeth are seen. */
    void apply(Planes planes) {
        Mat opening = fill(FaceRegions.INNER_LIPS);
        Mat mouth = fill(FaceRegions.OUTER_LIPS);
        float[] luma = new float[pixels];
        float[] blue = new float[pixels];
        float[] red = new float[pixels];
        Colours.split(bgr, pixels, luma, blue, red);
        byte[] lips = lips(opening, mouth);
        Mat teeth = teeth(luma, red, lips, opening, mouth);
        if (Core.countNonZero(teeth) > TEETH * eyeDistance * eyeDistance) {
            close(opening, teeth, lips, planes);
        }
        List.of(opening, mouth, teeth).forEach(Mat::release);
    }

    private Mat fill(FaceRegions region) {
        Point[] outline = new Point[region.size()];
        for (int i = 0; i < outline.length; i++) {
            int p = region.point(i) * 2;
            outline[i] =
                    new Point(layout.points[p] * layout.pixelsPerCell, layout.points[p + 1] * layout.pixelsPerCell);
        }
        MatOfPoint polygon = new MatOfPoint(outline);
        Mat mask = Mat.zeros(crop.size(), CvType.CV_8U);
        Imgproc.fillPoly(mask, List.of(polygon), new Scalar(255));
        polygon.release();
        return mask;
    }

    private Mat widened(Mat mask, double by) {
        int radius = Math.max(1, (int) Math.round(by * eyeDistance));
        Mat kernel = Imgproc.getStructuringElement(Imgproc.MORPH_ELLIPSE, new Size(2 * radius + 1, 2 * radius + 1));
        Mat wide = new Mat();
        Imgproc.dilate(mask, wide, kernel);
        kernel.release();
        return wide;
    }

    /** 255 on what is surely lip. */
    private byte[] lips(Mat opening, Mat mouth) {
        Mat inside = widened(opening, .02);
        Mat lips = new Mat();
        Core.bitwise_not(inside, inside);
        Core.bitwise_and(mouth, inside, lips);
        byte[] mask = bytes(lips);
        inside.release();
        lips.release();
        return mask;
    }

    /** Lighter than the lips and less red, and reaching the opening: the gloss of a lip is apart from it. */
    private Mat teeth(float[] luma, float[] red, byte[] lips, Mat opening, Mat mouth) {
        float lipLuma = median(luma, lips);
        float lipRed = median(red, lips);
        Mat wide = widened(opening, NEAR);
        Core.bitwise_and(wide, mouth, wide);
        byte[] near = bytes(wide);
        wide.release();
        byte[] found = new byte[pixels];
        for (int i = 0; i < pixels; i++) {
            boolean tooth = near[i] != 0 && luma[i] > lipLuma - .05f && red[i] < lipRed - .1f;
            found[i] = (byte) (tooth ? 255 : 0);
        }
        Mat teeth = new Mat(crop.size(), CvType.CV_8U);
        teeth.put(0, 0, found);
        Mat labels = new Mat();
        int parts = Imgproc.connectedComponents(teeth, labels, 8, CvType.CV_32S);
        int[] part = new int[pixels];
        labels.get(0, 0, part);
        labels.release();
        Mat reached = widened(opening, .012);
        byte[] reachable = bytes(reached);
        reached.release();
        boolean[] reaches = new boolean[parts];
        for (int i = 0; i < pixels; i++) {
            reaches[part[i]] |= reachable[i] != 0;
        }
        for (int i = 0; i < pixels; i++) {
            found[i] = (byte) (part[i] > 0 && reaches[part[i]] ? 255 : 0);
        }
        teeth.put(0, 0, found);
        return teeth;
    }

    private static float median(float[] plane, byte[] mask) {
        float[] values = new float[plane.length];
        int count = 0;
        for (int i = 0; i < plane.length; i++) {
            if (mask[i] != 0) {
                values[count++] = plane[i];
            }
        }
        Arrays.sort(values, 0, count);
        return count == 0 ? 0 : values[count / 2];
    }

    /** Lip over the teeth, and the line between the lips over the opening. */
    private void close(Mat opening, Mat teeth, byte[] lips, Planes planes) {
        Mat wide = widened(teeth, .012);
        Mat between = widened(opening, LINE_WIDTH);
        Core.max(wide, between, wide);
        float[] covered = soft(wide, .008);
        float[] line = soft(between, .006);
        wide.release();
        between.release();
        float[] norm = new float[pixels];
        float[] plane = new float[pixels];
        for (int i = 0; i < pixels; i++) {
            norm[i] = (lips[i] != 0 ? 1 : 0) * (1 - Smoothstep.of(covered[i], 0, .3f));
        }
        float[] weight = norm.clone();
        int width = crop.cols();
        int height = crop.rows();
        double sigma = .06 * eyeDistance;
        planes.blur(norm, width, height, sigma);
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < pixels; i++) {
                plane[i] = weight[i] * (bgr[i * 3 + c] & 255);
            }
            planes.blur(plane, width, height, sigma);
            for (int i = 0; i < pixels; i++) {
                if (covered[i] > 0 && norm[i] > 1e-4f) {
                    float lip = plane[i] / norm[i] * (1 - (1 - LINE) * line[i]);
                    float own = bgr[i * 3 + c] & 255;
                    bgr[i * 3 + c] = (byte) Math.round(Math.max(0, Math.min(255, own + covered[i] * (lip - own))));
                }
            }
        }
        crop.put(0, 0, bgr);
    }

    private float[] soft(Mat mask, double blur) {
        Mat plane = new Mat();
        mask.convertTo(plane, CvType.CV_32F, 1 / 255.);
        Imgproc.GaussianBlur(plane, plane, new Size(0, 0), Math.max(.6, blur * eyeDistance));
        float[] values = new float[pixels];
        plane.get(0, 0, values);
        plane.release();
        return values;
    }

    private byte[] bytes(Mat mask) {
        byte[] values = new byte[pixels];
        mask.get(0, 0, values);
        return values;
    }
}
