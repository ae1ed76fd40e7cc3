package io.voice2face.swap.embedded;

import java.util.List;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/**
 * What lies before the face, pixel by pixel in the frame as it came. The shape transfer bends the picture under it and
 * the compositor paints around it, so that what is kept stays where it was.
 */
final class OccluderMask implements AutoCloseable {
    private static final double SURELY = .97;

    private final CellLayout layout;
    private final Mat grid;
    private final Mat map = new Mat();
    private final Mat small = new Mat();
    private final Mat full = new Mat();
    private final Mat free = new Mat();
    private final Mat both = new Mat();
    private final Mat sure = new Mat();
    private float[] places = new float[0];
    private boolean empty = true;
    private int left;
    private int top;

    OccluderMask(CellLayout layout) {
        this.layout = layout;
        this.grid = new Mat(layout.height, layout.width, CvType.CV_32F);
    }

    /**
     * Lays the mask over a frame; costs nothing where there is no occluder.
     *
     * @param xyz landmarks in the frame before it is bent
     * @param raster is drawn with these
     */
    void cover(Mat frame, float[] xyz, float eyeDistance, TriangleRaster raster, OcclusionModel occlusion) {
        empty = !occlusion.any();
        if (empty) {
            return;
        }
        raster.draw(xyz, eyeDistance);
        int n = raster.width * raster.height;
        if (places.length < n * 2) {
            places = new float[n * 2];
        }
        for (int i = 0; i < n; i++) {
            places[i * 2] = raster.values[i * 4];
            places[i * 2 + 1] = raster.values[i * 4 + 1];
        }
        map.create(raster.height, raster.width, CvType.CV_32FC2);
        map.put(0, 0, places);
        grid.put(0, 0, occlusion.occluded());
        Imgproc.remap(grid, small, map, new Mat(), Imgproc.INTER_LINEAR, Core.BORDER_CONSTANT, new Scalar(0));
        left = raster.left;
        top = raster.top;
        Size size = new Size(raster.width * raster.step, raster.height * raster.step);
        Imgproc.resize(small, full, size, 0, 0, Imgproc.INTER_LINEAR);
    }

    /** True where nothing lies before the face. */
    boolean isEmpty() {
        return empty;
    }

    /** Multiplies a plane that begins at (x, y) of the frame by 1 minus the mask. CV_32F, one or two channels. */
    void clear(Mat plane, int x, int y) {
        if (empty) {
            return;
        }
        int x0 = Math.max(left, x);
        int y0 = Math.max(top, y);
        int x1 = Math.min(left + full.cols(), x + plane.cols());
        int y1 = Math.min(top + full.rows(), y + plane.rows());
        if (x1 <= x0 || y1 <= y0) {
            return;
        }
        Mat part = plane.submat(new Rect(x0 - x, y0 - y, x1 - x0, y1 - y0));
        Mat mask = full.submat(new Rect(x0 - left, y0 - top, x1 - x0, y1 - y0));
        mask.convertTo(free, CvType.CV_32F, -1, 1);
        if (plane.channels() == 2) {
            Core.merge(List.of(free, free), both);
            Core.multiply(part, both, part);
        } else {
            Core.multiply(part, free, part);
        }
        part.release();
        mask.release();
    }

    /**
     * Gives what surely lies before the face back to the bit: a picture that is bent by nothing still comes out a little
     * softer.
     *
     * @param before the picture as it came
     * @param after the picture as it was bent, of the same size; both begin at (x, y) of the frame
     */
    void restore(Mat before, Mat after, int x, int y) {
        int x0 = Math.max(left, x);
        int y0 = Math.max(top, y);
        int x1 = Math.min(left + full.cols(), x + after.cols());
        int y1 = Math.min(top + full.rows(), y + after.rows());
        if (empty || x1 <= x0 || y1 <= y0) {
            return;
        }
        Rect within = new Rect(x0 - x, y0 - y, x1 - x0, y1 - y0);
        Mat mask = full.submat(new Rect(x0 - left, y0 - top, x1 - x0, y1 - y0));
        Core.compare(mask, new Scalar(SURELY), sure, Core.CMP_GE);
        Mat from = before.submat(within);
        Mat to = after.submat(within);
        from.copyTo(to, sure);
        mask.release();
        from.release();
        to.release();
    }

    @Override
    public void close() {
        List.of(grid, map, small, full, free, both, sure).forEach(Mat::release);
    }
}
