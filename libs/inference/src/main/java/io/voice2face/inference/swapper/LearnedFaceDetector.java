package io.voice2face.inference.swapper;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Point;
import org.opencv.core.Rect;
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
 * Face detectors of the SCRFD and YuNet families; the manifest's {@code decoder} says which.
 *
 * <ul>
 *   <li>{@code scrfd} (RetinaFace too): RGB (x − 127.5)/128; nine outputs, scores, boxes and keypoints of strides 8, 16
 *       and 32, two anchors per cell; numbers are distances from the anchor in strides.
 *   <li>{@code yunet}: BGR 0–255; twelve outputs, class, object, box and keypoints of three strides; one anchor per
 *       cell, sizes as logarithms.
 * </ul>
 *
 * The picture is scaled into the upper left corner of the square. Belongs to one worker.
 */
public final class LearnedFaceDetector implements AutoCloseable {
    static {
        OpenCv.load();
    }

    private static final int[] STRIDES = {8, 16, 32};
    private static final double SAME_FACE = 0.4;

    private final OnnxModel model;
    private final int size;
    private final boolean yunet;
    private final double minimumScore;
    private final PictureTensor input;
    private final Mat square;

    public LearnedFaceDetector(OnnxModel model) {
        this.model = model;
        ManifestReader manifest = new ManifestReader(model.pack());
        this.size = manifest.has("size") ? manifest.size() : 640;
        this.yunet = manifest.word("decoder", "scrfd", "scrfd", "yunet").equals("yunet");
        this.minimumScore = manifest.number("minimumScore", 0.5);
        int outputs = STRIDES.length * (yunet ? 4 : 3);
        if (model.outputNames().size() != outputs) {
            throw model.pack().fault("needs %d outputs, but its graph has %s".formatted(outputs, model.outputNames()));
        }
        // (x − 127.5)/128 = (x/255 − ½) / (128/255); 0–255 = (x/255) / (1/255)
        Normalisation usual = yunet ? Normalisation.uniform(0, 1 / 255.0) : Normalisation.uniform(0.5, 128 / 255.0);
        boolean rgb =
                manifest.word("channels", yunet ? "bgr" : "rgb", "rgb", "bgr").equals("rgb");
        this.input = new PictureTensor(
                model.environment(),
                size,
                size,
                PictureTensor.Layout.PLANES,
                rgb ? PictureTensor.Channels.RGB : PictureTensor.Channels.BGR,
                manifest.normalisation(usual));
        this.square = new Mat(size, size, CvType.CV_8UC3);
    }

    /** Finds the faces of an 8-bit BGR picture, the surest first. */
    public List<FaceCandidate> detect(Mat bgr) {
        double scale = Math.min((double) size / bgr.cols(), (double) size / bgr.rows());
        int width = Math.max(1, (int) Math.round(bgr.cols() * scale));
        int height = Math.max(1, (int) Math.round(bgr.rows() * scale));
        square.setTo(Scalar.all(0));
        Mat corner = square.submat(new Rect(0, 0, width, height));
        Imgproc.resize(bgr, corner, new Size(width, height), 0, 0, Imgproc.INTER_AREA);
        corner.release();
        List<FaceCandidate> found = new ArrayList<>();
        try (OrtSession.Result result = model.run(Map.of(model.inputNames().get(0), input.fill(square)))) {
            Scaling back = new Scaling((double) bgr.cols() / width, (double) bgr.rows() / height);
            for (int i = 0; i < STRIDES.length; i++) {
                if (yunet) {
                    decodeYunet(result, i, back, found);
                } else {
                    decodeScrfd(result, i, back, found);
                }
            }
        }
        return FaceCandidate.distinct(found, SAME_FACE);
    }

    private void decodeScrfd(OrtSession.Result result, int level, Scaling back, List<FaceCandidate> found) {
        int stride = STRIDES[level];
        int cells = size / stride;
        float[] scores = values(result, level, cells * cells * 2);
        float[] boxes = values(result, level + 3, cells * cells * 8);
        float[] points = values(result, level + 6, cells * cells * 20);
        for (int i = 0; i < scores.length; i++) {
            if (scores[i] < minimumScore) {
                continue;
            }
            double x = (double) (i / 2 % cells) * stride;
            double y = (double) (i / 2 / cells) * stride;
            Point[] five = new Point[5];
            for (int k = 0; k < 5; k++) {
                five[k] = back.point(x + points[10 * i + 2 * k] * stride, y + points[10 * i + 2 * k + 1] * stride);
            }
            found.add(back.candidate(
                    x - boxes[4 * i] * stride,
                    y - boxes[4 * i + 1] * stride,
                    x + boxes[4 * i + 2] * stride,
                    y + boxes[4 * i + 3] * stride,
                    scores[i],
                    five));
        }
    }

    private void decodeYunet(OrtSession.Result result, int level, Scaling back, List<FaceCandidate> found) {
        int stride = STRIDES[level];
        int cells = size / stride;
        float[] classes = values(result, level, cells * cells);
        float[] objects = values(result, level + 3, cells * cells);
        float[] boxes = values(result, level + 6, cells * cells * 4);
        float[] points = values(result, level + 9, cells * cells * 10);
        for (int i = 0; i < classes.length; i++) {
            double score = Math.sqrt(clamp(classes[i]) * clamp(objects[i]));
            if (score < minimumScore) {
                continue;
            }
            int column = i % cells;
            int row = i / cells;
            double x = (column + boxes[4 * i]) * stride;
            double y = (row + boxes[4 * i + 1]) * stride;
            double w = Math.exp(boxes[4 * i + 2]) * stride / 2;
            double h = Math.exp(boxes[4 * i + 3]) * stride / 2;
            Point[] five = new Point[5];
            for (int k = 0; k < 5; k++) {
                five[k] = back.point(
                        (column + points[10 * i + 2 * k]) * stride, (row + points[10 * i + 2 * k + 1]) * stride);
            }
            found.add(back.candidate(x - w, y - h, x + w, y + h, score, five));
        }
    }

    private static double clamp(double value) {
        return Math.max(0, Math.min(1, value));
    }

    private float[] values(OrtSession.Result result, int output, int count) {
        FloatBuffer buffer = ((OnnxTensor) result.get(output)).getFloatBuffer();
        if (buffer.remaining() != count) {
            throw model.pack()
                    .fault("gives %d numbers in output %d, %d are needed for size %d"
                            .formatted(buffer.remaining(), output, count, size));
        }
        float[] values = new float[count];
        buffer.get(values);
        return values;
    }

    @Override
    public void close() {
        input.close();
        square.release();
    }

    private record Scaling(double x, double y) {
        Point point(double px, double py) {
            return new Point(px * x, py * y);
        }

        FaceCandidate candidate(double left, double top, double right, double bottom, double score, Point[] five) {
            return new FaceCandidate(
                    left * x,
                    top * y,
                    right * x,
                    bottom * y,
                    score,
                    new FivePoints(five[0], five[1], five[2], five[3], five[4]));
        }
    }
}
