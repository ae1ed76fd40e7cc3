package io.voice2face.inference.face;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Point;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

import io.voice2face.inference.ModelKind;
import io.voice2face.inference.ModelPacks;
import io.voice2face.media.StillImage;
import io.voice2face.media.VisualLimits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** On two faces that our face generator made; it knows where it put the points. */
class FaceNetworksTest {
    @TempDir
    static Path folder;

    private static Mat picture;
    private static FaceDetector detector;
    private static FaceMesh mesh;
    private static ModelPacks packs;

    @BeforeAll
    static void setUp() throws IOException {
        Path file = folder.resolve("faces.jpg");
        Files.write(
                file,
                FaceNetworksTest.class
                        .getResourceAsStream("/faces/two-generated-faces.jpg")
                        .readAllBytes());
        picture = StillImage.read(file, VisualLimits.defaults());
        packs = ModelPacks.load(
                FaceNetworksTest.class.getClassLoader(),
                List.of(ModelPacks.BLAZEFACE, ModelPacks.FACE_MESH),
                Optional.empty());
        detector = new FaceDetector(packs.require(ModelKind.FACE_DETECTOR));
        mesh = new FaceMesh(packs.require(ModelKind.FACE_MESH));
    }

    @Test
    void bothFacesAreFoundWithTheirKeypoints() {
        List<DetectedFace> faces = facesFromLeft(picture);

        assertThat(faces).hasSize(2);
        assertThat(faces).allSatisfy(f -> assertThat(f.score()).isGreaterThan(0.8));
        assertNear(faces.get(0).keypoints().get(0), 145.9, 165.7, 10);
        assertNear(faces.get(0).keypoints().get(1), 214.2, 165.1, 10);
        assertNear(faces.get(0).keypoints().get(2), 180.8, 203.3, 10);
        assertNear(faces.get(0).keypoints().get(3), 179.9, 229.7, 10);
        assertNear(faces.get(1).keypoints().get(0), 507.7, 164.6, 10);
        assertNear(faces.get(1).keypoints().get(1), 573.4, 164.7, 10);
        assertNear(faces.get(1).keypoints().get(2), 536.9, 201.6, 10);
        assertNear(faces.get(1).keypoints().get(3), 539.4, 230.1, 10);
    }

    @Test
    void theMeshLiesOnTheFace() {
        List<DetectedFace> faces = facesFromLeft(picture);

        MeshLandmarks left = mesh.locate(picture, faces.get(0));
        MeshLandmarks right = mesh.locate(picture, faces.get(1));

        assertThat(left.score()).isGreaterThan(0.9);
        assertThat(right.score()).isGreaterThan(0.9);
        assertNear(left, 33, 130.8, 164.3);
        assertNear(left, 263, 229.1, 163.6);
        assertNear(left, 1, 180.8, 203.3);
        assertNear(left, 61, 148.9, 225.3);
        assertNear(left, 291, 210.0, 225.3);
        assertNear(left, 152, 179.8, 271.4);
        assertNear(left, 10, 180.2, 107.6);
        assertNear(right, 33, 493.6, 163.9);
        assertNear(right, 263, 588.3, 164.2);
        assertNear(right, 1, 536.9, 201.6);
        assertNear(right, 61, 511.6, 228.2);
        assertNear(right, 291, 570.5, 228.3);
        assertNear(right, 152, 540.5, 276.4);
        assertNear(right, 10, 539.1, 109.3);
        assertThat(left.eyeDistance()).isBetween(70.0, 110.0);
    }

    @ParameterizedTest
    @ValueSource(ints = {-35, 20, 40})
    void aTurnedHeadGivesTheSameMeshTurned(int degrees) {
        Mat left = picture.submat(0, 360, 0, 360);
        MeshLandmarks upright = mesh.locate(left, facesFromLeft(left).get(0));
        Mat rotation = Imgproc.getRotationMatrix2D(new Point(180, 180), degrees, 1);
        Mat turned = new Mat();
        Imgproc.warpAffine(left, turned, rotation, left.size(), Imgproc.INTER_LINEAR, Core.BORDER_REPLICATE);

        MeshLandmarks found = mesh.locate(turned, facesFromLeft(turned).get(0));

        assertThat(Math.toDegrees(found.roll() - upright.roll())).isCloseTo(-degrees, within(3.0));
        double error = 0;
        for (int i = 0; i < MeshLandmarks.COUNT; i++) {
            double x =
                    rotation.get(0, 0)[0] * upright.x(i) + rotation.get(0, 1)[0] * upright.y(i) + rotation.get(0, 2)[0];
            double y =
                    rotation.get(1, 0)[0] * upright.x(i) + rotation.get(1, 1)[0] * upright.y(i) + rotation.get(1, 2)[0];
            error += Math.hypot(found.x(i) - x, found.y(i) - y) / MeshLandmarks.COUNT;
        }
        assertThat(error / upright.eyeDistance()).isLessThan(0.04);
    }

    @Test
    void smallFacesAreFoundByLookingAtParts() {
        Mat street = new Mat(720, 1280, CvType.CV_8UC3, new Scalar(130, 125, 120));
        Mat small = new Mat();
        Imgproc.resize(picture, small, new Size(0, 0), 0.6, 0.6, Imgproc.INTER_AREA);
        Mat place = street.submat(new Rect(700, 300, small.cols(), small.rows()));
        small.copyTo(place);

        assertThat(detector.detect(street)).noneMatch(f -> f.score() > FaceDetector.SURE_SCORE);
        List<DetectedFace> faces = detector.detect(street, FaceDetector.Reach.FINE).stream()
                .sorted(Comparator.comparingDouble(DetectedFace::left))
                .toList();

        List<DetectedFace> large = facesFromLeft(picture);
        assertThat(faces).hasSize(2);
        for (int i = 0; i < 2; i++) {
            Point centre = large.get(i).centre();
            assertNear(faces.get(i).centre(), 700 + 0.6 * centre.x, 300 + 0.6 * centre.y, 6);
        }
    }

    @Test
    void aLargeFaceIsFoundOnceHoweverOftenItIsLookedAt() {
        assertThat(detector.detect(picture, FaceDetector.Reach.FINE)).hasSize(2);
    }

    @Test
    void aPictureWithoutFacesHasNone() {
        Mat empty = new Mat(300, 400, CvType.CV_8UC3, new Scalar(90, 120, 160));

        assertThat(detector.detect(empty)).isEmpty();
        MeshLandmarks nothing = mesh.locate(empty, new FaceRegion(200, 150, 200, 0));
        assertThat(nothing.score()).isLessThan(0.2);
    }

    @Test
    void theCanonicalFaceIsAClosedSetOfTriangles() {
        CanonicalFace face = CanonicalFace.read(packs.require(ModelKind.FACE_MESH));

        assertThat(face.triangleCount()).isEqualTo(898);
        assertThat(face.triangles()).hasSize(898 * 3);
        boolean[] used = new boolean[MeshLandmarks.COUNT];
        for (int point : face.triangles()) {
            used[point] = true;
        }
        assertThat(used).doesNotContain(false);
        // the person's right eye lies to the viewer's left, the forehead above the chin, the nose nearest
        assertThat(face.vertices()[3 * 33]).isLessThan(face.vertices()[3 * 263]);
        assertThat(face.vertices()[3 * 10 + 1]).isGreaterThan(face.vertices()[3 * 152 + 1]);
        assertThat(face.vertices()[3 * 4 + 2]).isGreaterThan(face.vertices()[3 * 33 + 2]);
    }

    private static List<DetectedFace> facesFromLeft(Mat bgr) {
        return detector.detect(bgr).stream()
                .sorted(Comparator.comparingDouble(DetectedFace::left))
                .toList();
    }

    private static void assertNear(Point found, double x, double y, double tolerance) {
        assertThat(Math.hypot(found.x - x, found.y - y))
                .as("distance of %s to (%s, %s)", found, x, y)
                .isLessThan(tolerance);
    }

    private static void assertNear(MeshLandmarks mesh, int point, double x, double y) {
        assertNear(new Point(mesh.x(point), mesh.y(point)), x, y, 8);
    }
}
