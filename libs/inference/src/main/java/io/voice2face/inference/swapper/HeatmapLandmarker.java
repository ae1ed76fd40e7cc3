package io.voice2face.inference.swapper;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Point;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

import io.voice2face.inference.OnnxModel;
import io.voice2face.inference.tensor.Normalisation;
import io.voice2face.inference.tensor.PictureTensor;
import io.voice2face.media.OpenCv;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;

/**
 * 2DFAN4: a 256 × 256 RGB/255 crop in which the face's box is 195 pixels long → 68 heatmaps of 64 × 64 (iBUG's points).
 * A point lies at its map's peak, shifted by a quarter cell towards the higher neighbour. Belongs to one worker.
 */
public final class HeatmapLandmarker implements AutoCloseable {
    static {
        OpenCv.load();
    }

    private static final int SIDE = 256;
    private static final int CELLS = 64;
    private static final double BOX_SIDE = 195;

    private final OnnxModel model;
    private final String heatmaps;
    private final int points;
    private final PictureTensor input;
    private final Mat crop;
    private final Mat matrix;

    public HeatmapLandmarker(OnnxModel model) {
        this.model = model;
        Shapes.requirePlanes(model, model.inputNames().get(0), SIDE);
        this.heatmaps = model.outputNames().stream()
                .filter(n -> isHeatmap(model.outputShape(n)))
                .findFirst()
                .orElseThrow(() -> model.pack().fault("has no output of heatmaps, 1×N×64×64"));
        this.points = (int) model.outputShape(heatmaps)[1];
        this.input = new PictureTensor(
                model.environment(),
                SIDE,
                SIDE,
                PictureTensor.Layout.PLANES,
                PictureTensor.Channels.RGB,
                new ManifestReader(model.pack()).normalisation(Normalisation.unit()));
        this.crop = new Mat();
        this.matrix = new Mat(2, 3, CvType.CV_64F);
    }

    private static boolean isHeatmap(long[] shape) {
        return shape.length == 4 && shape[1] > 0 && shape[2] == CELLS && shape[3] == CELLS;
    }

    /** The points of a face in a box, in pixels of the picture. */
    public List<Point> locate(Mat bgr, double left, double top, double right, double bottom) {
        double scale = BOX_SIDE / Math.max(Math.max(right - left, bottom - top), 1);
        double shiftX = SIDE / 2.0 - (left + right) / 2 * scale;
        double shiftY = SIDE / 2.0 - (top + bottom) / 2 * scale;
        matrix.put(0, 0, scale, 0, shiftX, 0, scale, shiftY);
        Imgproc.warpAffine(
                bgr, crop, matrix, new Size(SIDE, SIDE), Imgproc.INTER_LINEAR, Core.BORDER_CONSTANT, Scalar.all(0));
        try (OrtSession.Result result = model.run(Map.of(model.inputNames().get(0), input.fill(crop)))) {
            FloatBuffer maps = ((OnnxTensor) result.get(heatmaps).orElseThrow()).getFloatBuffer();
            List<Point> found = new ArrayList<>(points);
            float[] map = new float[CELLS * CELLS];
            for (int i = 0; i < points; i++) {
                maps.get(map);
                Point cell = peak(map);
                double cropScale = (double) SIDE / CELLS;
                found.add(new Point((cell.x * cropScale - shiftX) / scale, (cell.y * cropScale - shiftY) / scale));
            }
            return found;
        }
    }

    /** In cells, the first cell's middle at (½, ½). */
    private static Point peak(float[] map) {
        int best = 0;
        for (int i = 1; i < map.length; i++) {
            if (map[i] > map[best]) {
                best = i;
            }
        }
        int x = best % CELLS;
        int y = best / CELLS;
        double dx = x > 0 && x < CELLS - 1 ? Math.signum(map[best + 1] - map[best - 1]) / 4 : 0;
        double dy = y > 0 && y < CELLS - 1 ? Math.signum(map[best + CELLS] - map[best - CELLS]) / 4 : 0;
        return new Point(x + 0.5 + dx, y + 0.5 + dy);
    }

    @Override
    public void close() {
        input.close();
        crop.release();
        matrix.release();
    }
}
