package io.voice2face.inference.face;

import java.util.ArrayList;
import java.util.List;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.dnn.Dnn;
import org.opencv.dnn.Net;
import org.opencv.imgproc.Imgproc;

import io.voice2face.inference.ModelKind;
import io.voice2face.inference.ModelPack;
import io.voice2face.media.OpenCv;

/**
 * MediaPipe's face mesh: 192 × 192 RGB/255 of a turned square, borders replicated → 468 points and a score. Belongs to
 * one worker.
 */
public final class FaceMesh {
    private static final int SIDE = 192;
    private static final String POINTS = "conv2d_21";
    private static final String SCORE = "conv2d_31";
    private static final int PASSES_ON_A_NEW_FACE = 3;

    private final Net net;
    private final Mat crop;
    private final Mat affine;
    private final float[] score = new float[1];

    public FaceMesh(ModelPack pack) {
        OpenCv.load();
        this.net = TfliteNets.read(pack, ModelKind.FACE_MESH);
        this.crop = new Mat();
        this.affine = new Mat(2, 3, CvType.CV_64F);
    }

    /** The mesh of a face that was just detected: the region is refined twice, since the box is coarse. */
    public MeshLandmarks locate(Mat bgr, DetectedFace face) {
        MeshLandmarks mesh = locate(bgr, FaceRegion.of(face));
        for (int pass = 1; pass < PASSES_ON_A_NEW_FACE; pass++) {
            mesh = locate(bgr, FaceRegion.of(mesh));
        }
        return mesh;
    }

    /**
     * The mesh in a region, in one pass.
     *
     * @param bgr 8 bit, three channels
     */
    public MeshLandmarks locate(Mat bgr, FaceRegion region) {
        double scale = region.side() / SIDE;
        double cos = Math.cos(region.roll()) * scale;
        double sin = Math.sin(region.roll()) * scale;
        crop(bgr, region, cos, sin);
        Mat blob = Dnn.blobFromImage(crop, 1 / 255.0, new Size(SIDE, SIDE), Scalar.all(0), true, false);
        net.setInput(blob);
        List<Mat> outputs = new ArrayList<>();
        net.forward(outputs, List.of(POINTS, SCORE));
        float[] points = new float[MeshLandmarks.COUNT * 3];
        outputs.get(0).get(new int[] {0, 0, 0, 0}, points);
        outputs.get(1).get(new int[] {0, 0, 0, 0}, score);
        outputs.forEach(Mat::release);
        blob.release();
        intoPicture(points, region, cos, sin, scale);
        return new MeshLandmarks(points, 1 / (1 + Math.exp(-score[0])));
    }

    private void crop(Mat bgr, FaceRegion region, double cos, double sin) {
        // pixel i of the crop covers the place i + ½, and so does pixel j of the picture
        double half = SIDE / 2.0 - 0.5;
        affine.put(
                0,
                0,
                cos,
                -sin,
                region.centreX() - cos * half + sin * half,
                sin,
                cos,
                region.centreY() - sin * half - cos * half);
        Imgproc.warpAffine(
                bgr,
                crop,
                affine,
                new Size(SIDE, SIDE),
                Imgproc.INTER_LINEAR | Imgproc.WARP_INVERSE_MAP,
                Core.BORDER_REPLICATE);
    }

    private static void intoPicture(float[] points, FaceRegion region, double cos, double sin, double scale) {
        for (int i = 0; i < points.length; i += 3) {
            double u = points[i] - SIDE / 2.0;
            double v = points[i + 1] - SIDE / 2.0;
            points[i] = (float) (region.centreX() + cos * u - sin * v);
            points[i + 1] = (float) (region.centreY() + sin * u + cos * v);
            points[i + 2] *= (float) scale;
        }
    }
}
