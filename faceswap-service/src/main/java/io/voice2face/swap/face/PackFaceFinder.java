package io.voice2face.swap.face;

import java.util.List;
import java.util.function.Function;

import org.opencv.core.Mat;
import org.opencv.core.Point;

import io.voice2face.inference.ModelKind;
import io.voice2face.inference.ModelPacks;
import io.voice2face.inference.OnnxModel;
import io.voice2face.inference.face.DetectedFace;
import io.voice2face.inference.face.FaceDetector;
import io.voice2face.inference.face.FaceMesh;
import io.voice2face.inference.face.MeshLandmarks;
import io.voice2face.inference.swapper.FaceCandidate;
import io.voice2face.inference.swapper.LearnedFaceDetector;

/** Detector and mesh of the model packs. Belongs to one worker. */
public final class PackFaceFinder implements FaceFinder {
    private static final float MARGIN = 1.5f;
    /** A fine search takes some 70 ms at 720p: a clip without faces does not pay for it in every search. */
    private static final int FINE_SEARCH_INTERVAL = 5;

    private final Function<Mat, List<FaceRegion>> detector;
    private final Runnable release;
    private final FaceMesh mesh;
    private FaceDetector.Reach reach = FaceDetector.Reach.WHOLE;
    private boolean someoneSeen;
    private int searches;

    /** BlazeFace and the mesh. */
    public PackFaceFinder(ModelPacks packs) {
        FaceDetector blazeFace = new FaceDetector(packs.require(ModelKind.FACE_DETECTOR));
        this.detector = bgr -> detectWith(blazeFace, bgr);
        this.release = () -> {};
        this.mesh = new FaceMesh(packs.require(ModelKind.FACE_MESH));
    }

    /**
     * Looks at parts of the picture as long as nobody was found. The reach that found someone stays: a finer one later
     * would show people at the side whom nobody had taken note of, and take one for the person who left.
     */
    private List<FaceRegion> detectWith(FaceDetector blazeFace, Mat bgr) {
        List<DetectedFace> found = blazeFace.detect(bgr, reach);
        someoneSeen |= isSure(found);
        if (!someoneSeen) {
            found = search(blazeFace, bgr, found);
        }
        return found.stream().map(PackFaceFinder::region).toList();
    }

    private List<DetectedFace> search(FaceDetector blazeFace, Mat bgr, List<DetectedFace> unsure) {
        boolean fine = searches++ % FINE_SEARCH_INTERVAL == 0;
        FaceDetector.Reach tried = fine ? FaceDetector.Reach.FINE : FaceDetector.Reach.SQUARES;
        List<DetectedFace> found = blazeFace.detect(bgr, tried);
        if (found.isEmpty()) {
            return unsure;
        }
        reach = tried;
        someoneSeen = true;
        return found;
    }

    private static boolean isSure(List<DetectedFace> found) {
        return found.stream().anyMatch(f -> f.score() >= FaceDetector.SURE_SCORE);
    }

    /** An operator's detector, whose session is shared, and the mesh. */
    PackFaceFinder(ModelPacks packs, OnnxModel detectorModel) {
        LearnedFaceDetector learned = new LearnedFaceDetector(detectorModel);
        this.detector =
                bgr -> learned.detect(bgr).stream().map(PackFaceFinder::region).toList();
        this.release = learned::close;
        this.mesh = new FaceMesh(packs.require(ModelKind.FACE_MESH));
    }

    @Override
    public List<FaceRegion> detect(Mat bgr) {
        return detector.apply(bgr);
    }

    private static FaceRegion region(FaceCandidate face) {
        Point left = face.points().leftEye();
        Point right = face.points().rightEye();
        return new FaceRegion(
                (float) (face.left() + face.right()) / 2,
                (float) (face.top() + face.bottom()) / 2,
                (float) Math.max(face.right() - face.left(), face.bottom() - face.top()) * MARGIN,
                (float) Math.atan2(right.y - left.y, right.x - left.x));
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
        // OpenCV's own networks hold memory that its finaliser frees; there is nothing to give back earlier
        release.run();
    }
}
