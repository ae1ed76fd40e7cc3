package io.voice2face.swap.face;

import java.util.List;

import org.opencv.core.Mat;
import org.opencv.core.Point;

import io.voice2face.inference.ModelKind;
import io.voice2face.inference.ModelPacks;
import io.voice2face.inference.face.DetectedFace;
import io.voice2face.inference.face.FaceDetector;
import io.voice2face.inference.face.FaceMesh;
import io.voice2face.inference.face.MeshLandmarks;

/** Detector and mesh of the model packs. Belongs to one worker. */
public final class PackFaceFinder implements FaceFinder {
    private static final float MARGIN = 1.5f;

    private final FaceDetector detector;
    private final FaceMesh mesh;

    public PackFaceFinder(ModelPacks packs) {
        this.detector = new FaceDetector(packs.require(ModelKind.FACE_DETECTOR));
        this.mesh = new FaceMesh(packs.require(ModelKind.FACE_MESH));
    }

    @Override
    public List<FaceRegion> detect(Mat bgr) {
        return detector.detect(bgr).stream().map(PackFaceFinder::region).toList();
    }

    private static FaceRegion region(DetectedFace face) {
        Point centre = face.centre();
        return new FaceRegion(
                (float) centre.x, (float) centre.y, (float) Math.max(face.width(), face.height()) * MARGIN, (float)
                        face.roll());
    }

    @Override
    public float locate(Mat bgr, FaceRegion region, float[] xyz) {
        MeshLandmarks found = mesh.locate(
                bgr,
                new io.voice2face.inference.face.FaceRegion(
                        region.centreX(), region.centreY(), region.side(), region.roll()));
        System.arraycopy(found.points(), 0, xyz, 0, xyz.length);
        return (float) found.score();
    }

    @Override
    public void close() {
        // the networks hold memory that OpenCV's finaliser frees; there is nothing to give back earlier
    }
}
