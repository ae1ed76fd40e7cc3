package io.voice2face.inference.swapper;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.opencv.calib3d.Calib3d;
import org.opencv.core.Mat;
import org.opencv.core.MatOfPoint2f;
import org.opencv.core.Point;

import io.voice2face.media.OpenCv;

/** Where a network expects the five points in its crop, as shares of the crop's side (facefusion 3.8.1, insightface). */
public enum WarpTemplate {
    ARCFACE_112_V1(
            0.35473214,
            0.45658929,
            0.64526786,
            0.45658929,
            0.5,
            0.61154464,
            0.37913393,
            0.776875,
            0.62086607,
            0.776875),
    ARCFACE_112_V2(
            0.34191607,
            0.46157411,
            0.65653393,
            0.45983393,
            0.500225,
            0.64050536,
            0.37097589,
            0.82469196,
            0.63151696,
            0.82325089),
    ARCFACE_128(
            0.36167656,
            0.40387734,
            0.63696719,
            0.40235469,
            0.50019687,
            0.56044219,
            0.38710391,
            0.72160547,
            0.61507734,
            0.72034453),
    FFHQ_512(
            0.37691676,
            0.46864664,
            0.62285697,
            0.46912813,
            0.50123859,
            0.61331904,
            0.39308822,
            0.725411,
            0.61150205,
            0.72490465),
    MTCNN_512(
            0.36562865,
            0.46733799,
            0.63305391,
            0.46585885,
            0.50019127,
            0.61942959,
            0.39032951,
            0.77598822,
            0.61178945,
            0.77476328);

    /** Pixels; as far out as this no point is an outlier, which makes the fit one of least squares. */
    private static final double RANSAC_THRESHOLD = 100;

    private final double[] shares;

    WarpTemplate(double... shares) {
        this.shares = shares;
    }

    /** The name in {@code model.yaml}. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    static Optional<WarpTemplate> of(String label) {
        return Arrays.stream(values()).filter(t -> t.label().equals(label)).findFirst();
    }

    static String labels() {
        return String.join(
                ", ", Arrays.stream(values()).map(WarpTemplate::label).toList());
    }

    /** The five points in a crop of this side. */
    public List<Point> points(int side) {
        Point[] points = new Point[5];
        for (int i = 0; i < points.length; i++) {
            points[i] = new Point(shares[2 * i] * side, shares[2 * i + 1] * side);
        }
        return List.of(points);
    }

    /** The crop whose five points come nearest to the template by turning, scaling and shifting. */
    public AlignmentCrop fit(FivePoints face, int side) {
        OpenCv.load();
        MatOfPoint2f from = new MatOfPoint2f(face.points().toArray(Point[]::new));
        MatOfPoint2f to = new MatOfPoint2f(points(side).toArray(Point[]::new));
        Mat inliers = new Mat();
        Mat affine = Calib3d.estimateAffinePartial2D(from, to, inliers, Calib3d.RANSAC, RANSAC_THRESHOLD);
        try {
            if (affine.empty()) {
                throw new IllegalArgumentException("no crop fits the points " + face);
            }
            double[] matrix = new double[6];
            affine.get(0, 0, matrix);
            return new AlignmentCrop(matrix, side);
        } finally {
            from.release();
            to.release();
            inliers.release();
            affine.release();
        }
    }
}
