package io.voice2face.inference.swapper;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Point;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

import io.voice2face.media.OpenCv;

/**
 * A square part of a picture, turned and scaled: {@code crop = A · (x, y, 1)}.
 *
 * @param affine A, row by row: a b tx, c d ty
 * @param side of the crop, pixels
 */
public record AlignmentCrop(double[] affine, int side) {
    static {
        OpenCv.load();
    }

    public AlignmentCrop {
        if (affine.length != 6) {
            throw new IllegalArgumentException("an affine transformation has 6 numbers");
        }
        affine = affine.clone();
    }

    /** Cuts the crop out; beyond the picture's edge its border is repeated. */
    public void cut(Mat bgr, Mat crop) {
        Mat matrix = matrix(0, 0);
        Imgproc.warpAffine(bgr, crop, matrix, new Size(side, side), Imgproc.INTER_LINEAR, Core.BORDER_REPLICATE);
        matrix.release();
    }

    public Point toCrop(Point picture) {
        return new Point(
                affine[0] * picture.x + affine[1] * picture.y + affine[2],
                affine[3] * picture.x + affine[4] * picture.y + affine[5]);
    }

    public Point toPicture(Point crop) {
        double determinant = affine[0] * affine[4] - affine[1] * affine[3];
        double x = crop.x - affine[2];
        double y = crop.y - affine[5];
        return new Point((affine[4] * x - affine[1] * y) / determinant, (affine[0] * y - affine[3] * x) / determinant);
    }

    /**
     * Blends a crop into the picture it was cut from; only its own part of the picture is touched.
     *
     * @param bgr the picture, changed in place
     * @param crop 8-bit BGR of this crop's side
     * @param mask 32-bit float of the crop's side, 0 keeps the picture, 1 takes the crop
     */
    public void paste(Mat bgr, Mat crop, Mat mask) {
        Rect area = area(bgr.cols(), bgr.rows());
        if (area.empty()) {
            return;
        }
        Mat matrix = matrix(area.x, area.y);
        Mat warpedCrop = new Mat();
        Mat warpedMask = new Mat();
        int flags = Imgproc.INTER_LINEAR | Imgproc.WARP_INVERSE_MAP;
        Imgproc.warpAffine(crop, warpedCrop, matrix, area.size(), flags, Core.BORDER_REPLICATE);
        Imgproc.warpAffine(mask, warpedMask, matrix, area.size(), flags, Core.BORDER_CONSTANT, Scalar.all(0));
        Mat part = bgr.submat(area);
        Blend.into(part, warpedCrop, warpedMask);
        part.release();
        warpedMask.release();
        warpedCrop.release();
        matrix.release();
    }

    /** The part of the picture that the crop covers. */
    Rect area(int width, int height) {
        double minX = Double.MAX_VALUE;
        double minY = Double.MAX_VALUE;
        double maxX = -Double.MAX_VALUE;
        double maxY = -Double.MAX_VALUE;
        for (Point corner :
                new Point[] {new Point(0, 0), new Point(side, 0), new Point(0, side), new Point(side, side)}) {
            Point at = toPicture(corner);
            minX = Math.min(minX, at.x);
            minY = Math.min(minY, at.y);
            maxX = Math.max(maxX, at.x);
            maxY = Math.max(maxY, at.y);
        }
        int left = (int) Math.max(0, Math.floor(minX));
        int top = (int) Math.max(0, Math.floor(minY));
        int right = (int) Math.min(width, Math.ceil(maxX) + 1);
        int bottom = (int) Math.min(height, Math.ceil(maxY) + 1);
        return new Rect(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
    }

    /** A for pictures whose origin was moved to (left, top). */
    private Mat matrix(int left, int top) {
        Mat matrix = new Mat(2, 3, CvType.CV_64F);
        matrix.put(
                0,
                0,
                affine[0],
                affine[1],
                affine[2] + affine[0] * left + affine[1] * top,
                affine[3],
                affine[4],
                affine[5] + affine[3] * left + affine[4] * top);
        return matrix;
    }
}
