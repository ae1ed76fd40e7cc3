package io.voice2face.swap.embedded;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/** Brings the face of a frame into the source's layout, where it can be compared cell by cell. */
final class TargetSampler implements AutoCloseable {
    private final CellLayout layout;
    private final float[] places;
    private final Mat map;
    private final Mat cells = new Mat();
    private final Mat reduced = new Mat();

    /** Interleaved 8-bit BGR of each cell. */
    final byte[] bgr;
    /** How well a cell is seen: 0 outside the mesh, outside the frame and on the far side, 1 in front. */
    final float[] seen;

    TargetSampler(CellLayout layout) {
        this.layout = layout;
        int n = layout.width * layout.height;
        this.places = new float[n * 2];
        this.map = new Mat(layout.height, layout.width, CvType.CV_32FC2);
        this.bgr = new byte[n * 3];
        this.seen = new float[n];
    }

    void sample(Mat frame, float[] xyz, float eyeDistance, TriangleRaster raster) {
        int x0 = Math.max(0, raster.left);
        int y0 = Math.max(0, raster.top);
        int x1 = Math.min(frame.cols(), raster.left + raster.width * raster.step);
        int y1 = Math.min(frame.rows(), raster.top + raster.height * raster.step);
        if (x1 - x0 < 4 || y1 - y0 < 4) {
            java.util.Arrays.fill(seen, 0);
            return;
        }
        Mat region = frame.submat(new Rect(x0, y0, x1 - x0, y1 - y0));
        // one picture pixel per cell: nothing between the cells is lost, and nothing aliases
        int reduction = Math.max(1, Math.round(eyeDistance / CellLayout.PER_EYE_DISTANCE));
        int width = Math.max(1, (x1 - x0) / reduction);
        int height = Math.max(1, (y1 - y0) / reduction);
        float scaleX = (float) width / (x1 - x0);
        float scaleY = (float) height / (y1 - y0);
        place(xyz, raster, frame, x0, y0, scaleX, scaleY);
        map.put(0, 0, places);
        Mat picture = region;
        if (reduction > 1) {
            Imgproc.resize(region, reduced, new Size(width, height), 0, 0, Imgproc.INTER_AREA);
            picture = reduced;
        }
        Imgproc.remap(picture, cells, map, new Mat(), Imgproc.INTER_LINEAR, Core.BORDER_REPLICATE, new Scalar(0));
        cells.get(0, 0, bgr);
        region.release();
    }

    private void place(float[] xyz, TriangleRaster raster, Mat frame, int x0, int y0, float scaleX, float scaleY) {
        int n = seen.length;
        int columns = frame.cols() - 1;
        int rows = frame.rows() - 1;
        for (int i = 0; i < n; i++) {
            int a = layout.corner0[i];
            if (a < 0) {
                seen[i] = 0;
                places[i * 2] = -1;
                places[i * 2 + 1] = -1;
                continue;
            }
            int b = layout.corner1[i];
            int c = layout.corner2[i];
            float w0 = layout.weight0[i];
            float w1 = layout.weight1[i];
            float w2 = 1 - w0 - w1;
            float x = w0 * xyz[a * 3] + w1 * xyz[b * 3] + w2 * xyz[c * 3];
            float y = w0 * xyz[a * 3 + 1] + w1 * xyz[b * 3 + 1] + w2 * xyz[c * 3 + 1];
            float facing = w0 * raster.facing(a) + w1 * raster.facing(b) + w2 * raster.facing(c);
            boolean inside = x >= 0 && y >= 0 && x <= columns && y <= rows;
            seen[i] = inside ? Math.max(0, Math.min(1, (facing - .15f) * 2.5f)) : 0;
            places[i * 2] = (x + .5f - x0) * scaleX - .5f;
            places[i * 2 + 1] = (y + .5f - y0) * scaleY - .5f;
        }
    }

    @Override
    public void close() {
        map.release();
        cells.release();
        reduced.release();
    }
}
