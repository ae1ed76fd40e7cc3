package io.voice2face.inference.face;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Point;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.dnn.Dnn;
import org.opencv.dnn.Net;
import org.opencv.imgproc.Imgproc;

import io.voice2face.inference.ModelKind;
import io.voice2face.inference.ModelPack;
import io.voice2face.media.OpenCv;

/**
 * BlazeFace, short range (MediaPipe): faces from about an eighth of the longer side of what it looks at. {@link Reach}
 * says whether it looks at the whole picture only or at parts of it too.
 *
 * <p>Input 128 × 128 RGB, x/127.5 − 1, the picture letterboxed; 896 anchors (16 × 16 with 2, 8 × 8 with 6), each with a
 * logit, a box and six keypoints relative to the anchor's centre. Overlapping finds are averaged by their scores.
 * Belongs to one worker.
 */
public final class FaceDetector {
    private static final int SIDE = 128;
    private static final int ANCHORS = 896;
    private static final int VALUES = 16;
    private static final int KEYPOINTS = 6;
    private static final double SAME_FACE = 0.3;
    /** What counts when parts are looked at too: more looks are more chances to be wrong. */
    public static final double SURE_SCORE = 0.7;

    private final Net net;
    private final double minimumScore;
    private final float[] anchorX = new float[ANCHORS];
    private final float[] anchorY = new float[ANCHORS];
    private final float[] logits = new float[ANCHORS];
    private final float[] values = new float[ANCHORS * VALUES];
    private final Mat letterbox;

    /** Takes faces with a score of at least one half. */
    public FaceDetector(ModelPack pack) {
        this(pack, 0.5);
    }

    /** @param minimumScore 0–1 */
    public FaceDetector(ModelPack pack, double minimumScore) {
        OpenCv.load();
        this.net = TfliteNets.read(pack, ModelKind.FACE_DETECTOR);
        this.minimumScore = minimumScore;
        this.letterbox = new Mat(SIDE, SIDE, CvType.CV_8UC3);
        placeAnchors();
    }

    private void placeAnchors() {
        int at = 0;
        for (int[] layer : new int[][] {{16, 2}, {8, 6}}) {
            for (int y = 0; y < layer[0]; y++) {
                for (int x = 0; x < layer[0]; x++) {
                    for (int k = 0; k < layer[1]; k++) {
                        anchorX[at] = (x + 0.5f) / layer[0];
                        anchorY[at] = (y + 0.5f) / layer[0];
                        at++;
                    }
                }
            }
        }
    }

    /** How small faces are looked for; each reach includes those before it. */
    public enum Reach {
        /** One look: faces from an eighth of the longer side. */
        WHOLE,
        /** Squares of the shorter side, half overlapping: from an eighth of the shorter side. */
        SQUARES,
        /** Squares of half the shorter side: from a sixteenth of it. Some twenty looks at a picture of 16:9. */
        FINE
    }

    /**
     * Finds the faces of a picture in one look, the surest first.
     *
     * @param bgr 8 bit, three channels
     */
    public List<DetectedFace> detect(Mat bgr) {
        return detect(bgr, Reach.WHOLE);
    }

    /**
     * Finds the faces of a picture, the surest first.
     *
     * @param bgr 8 bit, three channels
     */
    public List<DetectedFace> detect(Mat bgr, Reach reach) {
        Rect whole = new Rect(0, 0, bgr.cols(), bgr.rows());
        List<DetectedFace> found = new ArrayList<>(look(bgr, whole));
        if (reach != Reach.WHOLE) {
            // several small faces together can look like an unsure large one
            found.removeIf(f -> f.score() < SURE_SCORE);
        }
        int shorter = Math.min(bgr.cols(), bgr.rows());
        if (reach != Reach.WHOLE && bgr.cols() != bgr.rows()) {
            found.addAll(lookAtSquares(bgr, shorter));
        }
        if (reach == Reach.FINE && shorter / 2 >= SIDE) {
            found.addAll(lookAtSquares(bgr, shorter / 2));
        }
        found.sort(Comparator.comparingDouble(DetectedFace::score).reversed());
        return merge(found);
    }

    /** Squares that overlap by half at least, so that a face no larger than that lies whole in one of them. */
    private List<DetectedFace> lookAtSquares(Mat bgr, int side) {
        List<DetectedFace> found = new ArrayList<>();
        int columns = looks(bgr.cols(), side);
        int rows = looks(bgr.rows(), side);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                Rect square = new Rect(
                        place(bgr.cols(), side, column, columns), place(bgr.rows(), side, row, rows), side, side);
                look(bgr, square).stream()
                        .filter(f -> f.score() >= SURE_SCORE && liesWithin(f, square, bgr))
                        .forEach(found::add);
            }
        }
        return found;
    }

    private static int looks(int length, int side) {
        return length == side ? 1 : (int) Math.ceil((length - side) / (side / 2.0)) + 1;
    }

    private static int place(int length, int side, int index, int count) {
        return count == 1 ? 0 : (int) Math.round((double) (length - side) * index / (count - 1));
    }

    /** A face that an inner edge cuts is seen whole by the neighbour. */
    private static boolean liesWithin(DetectedFace face, Rect square, Mat bgr) {
        return (square.x == 0 || face.left() >= square.x)
                && (square.y == 0 || face.top() >= square.y)
                && (square.x + square.width == bgr.cols() || face.right() <= square.x + square.width)
                && (square.y + square.height == bgr.rows() || face.bottom() <= square.y + square.height);
    }

    private List<DetectedFace> look(Mat bgr, Rect part) {
        double scale = (double) SIDE / Math.max(part.width, part.height);
        int width = Math.max(1, (int) Math.round(part.width * scale));
        int height = Math.max(1, (int) Math.round(part.height * scale));
        int left = (SIDE - width) / 2;
        int top = (SIDE - height) / 2;
        letterbox.setTo(Scalar.all(0));
        Mat inside = letterbox.submat(new Rect(left, top, width, height));
        Mat seen = bgr.submat(part);
        Imgproc.resize(
                seen, inside, new Size(width, height), 0, 0, scale < 1 ? Imgproc.INTER_AREA : Imgproc.INTER_LINEAR);
        seen.release();
        inside.release();
        forward();
        return decode(part, part.width / (double) width, part.height / (double) height, left, top);
    }

    private void forward() {
        Mat blob = Dnn.blobFromImage(letterbox, 1 / 127.5, new Size(SIDE, SIDE), Scalar.all(127.5), true, false);
        net.setInput(blob);
        List<Mat> outputs = new ArrayList<>();
        net.forward(outputs, List.of("classificators", "regressors"));
        outputs.get(0).get(new int[] {0, 0, 0}, logits);
        outputs.get(1).get(new int[] {0, 0, 0}, values);
        outputs.forEach(Mat::release);
        blob.release();
    }

    private List<DetectedFace> decode(Rect part, double scaleX, double scaleY, int left, int top) {
        List<DetectedFace> found = new ArrayList<>();
        for (int i = 0; i < ANCHORS; i++) {
            double score = 1 / (1 + Math.exp(-logits[i]));
            if (score < minimumScore) {
                continue;
            }
            int at = i * VALUES;
            double x = values[at] + anchorX[i] * SIDE - left;
            double y = values[at + 1] + anchorY[i] * SIDE - top;
            double w = values[at + 2] / 2;
            double h = values[at + 3] / 2;
            List<Point> keypoints = new ArrayList<>(KEYPOINTS);
            for (int k = 0; k < KEYPOINTS; k++) {
                double kx = values[at + 4 + 2 * k] + anchorX[i] * SIDE - left;
                double ky = values[at + 5 + 2 * k] + anchorY[i] * SIDE - top;
                keypoints.add(new Point(part.x + kx * scaleX - 0.5, part.y + ky * scaleY - 0.5));
            }
            found.add(new DetectedFace(
                    part.x + (x - w) * scaleX - 0.5,
                    part.y + (y - h) * scaleY - 0.5,
                    part.x + (x + w) * scaleX - 0.5,
                    part.y + (y + h) * scaleY - 0.5,
                    keypoints,
                    score));
        }
        return found;
    }

    /** Weighted non-maximum suppression, as MediaPipe's. */
    private static List<DetectedFace> merge(List<DetectedFace> found) {
        List<DetectedFace> left = new ArrayList<>(found);
        List<DetectedFace> merged = new ArrayList<>();
        while (!left.isEmpty()) {
            DetectedFace best = left.get(0);
            List<DetectedFace> same = left.stream()
                    .filter(f -> f.overlap(best) > SAME_FACE || f == best)
                    .toList();
            left.removeAll(same);
            merged.add(average(same, best.score()));
        }
        return merged;
    }

    private static DetectedFace average(List<DetectedFace> faces, double score) {
        double sum = 0;
        double[] box = new double[4];
        double[] points = new double[KEYPOINTS * 2];
        for (DetectedFace face : faces) {
            sum += face.score();
            box[0] += face.score() * face.left();
            box[1] += face.score() * face.top();
            box[2] += face.score() * face.right();
            box[3] += face.score() * face.bottom();
            for (int k = 0; k < KEYPOINTS; k++) {
                points[2 * k] += face.score() * face.keypoints().get(k).x;
                points[2 * k + 1] += face.score() * face.keypoints().get(k).y;
            }
        }
        List<Point> keypoints = new ArrayList<>(KEYPOINTS);
        for (int k = 0; k < KEYPOINTS; k++) {
            keypoints.add(new Point(points[2 * k] / sum, points[2 * k + 1] / sum));
        }
        return new DetectedFace(box[0] / sum, box[1] / sum, box[2] / sum, box[3] / sum, keypoints, score);
    }
}
