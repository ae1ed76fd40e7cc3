package io.voice2face.swap.learned;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Scalar;

import io.voice2face.contracts.event.ModelUse;
import io.voice2face.inference.InferenceSettings;
import io.voice2face.inference.ModelPacks;
import io.voice2face.inference.swapper.LearnedSwapper;
import io.voice2face.inference.swapper.SwapOptions;
import io.voice2face.media.OpenCv;
import io.voice2face.swap.FaceSwapper;
import io.voice2face.swap.face.FaceFinder;
import io.voice2face.swap.face.FaceFinders;
import io.voice2face.swap.face.FaceRegion;
import io.voice2face.swap.face.HeadPose;
import io.voice2face.swap.face.TrackedFace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** The operator's packs of {@code src/test/resources/packs}: a swapper that turns colours over, and what it needs. */
class LearnedFaceSwapperTest {
    private ModelPacks packs;

    @BeforeEach
    void setUp() throws URISyntaxException {
        OpenCv.load();
        packs = ModelPacks.load(
                getClass().getClassLoader(),
                List.of(ModelPacks.BLAZEFACE, ModelPacks.FACE_MESH),
                Optional.of(Path.of(getClass().getResource("/packs").toURI())));
    }

    @Test
    void theOperatorsSwapperSwapsTrackedFacesAndSaysSo() throws FaceSwapper.NoFaceException {
        Mat frame = new Mat(400, 400, CvType.CV_8UC3, new Scalar(30, 60, 200));
        try (FaceSwapper swapper = swapper(new OneFace());
                FaceSwapper.PreparedFace face = swapper.prepare(frame);
                FaceSwapper.SwapSession session = face.open()) {
            session.swap(frame, tracked(1));

            assertThat(frame.get(200, 200)).containsExactly(225, 195, 55);
            assertThat(frame.get(5, 5)).containsExactly(30, 60, 200);
            assertThat(swapper.models())
                    .extracting(ModelUse::kind, ModelUse::id, ModelUse::provider)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple("face-swapper", "test-inverter", "cpu"),
                            org.assertj.core.groups.Tuple.tuple("identity-encoder", "test-encoder", "cpu"));
        }
    }

    @Test
    void aFaceThatFadesShowsTheOriginal() throws FaceSwapper.NoFaceException {
        Mat frame = new Mat(400, 400, CvType.CV_8UC3, new Scalar(30, 60, 200));
        Mat before = frame.clone();
        try (FaceSwapper swapper = swapper(new OneFace());
                FaceSwapper.PreparedFace face = swapper.prepare(frame);
                FaceSwapper.SwapSession session = face.open()) {
            session.swap(frame, tracked(0));
            assertThat(Core.norm(frame, before, Core.NORM_INF)).isZero();

            session.swap(frame, tracked(.2f));
            assertThat(frame.get(200, 200)[0]).isCloseTo(30 + .2 * 195, within(1.0));
        }
    }

    @Test
    void aPortraitWithoutAFaceIsSaid() {
        Mat empty = new Mat(400, 400, CvType.CV_8UC3, new Scalar(30, 60, 200));
        try (FaceFinders finders = new FaceFinders(embedded(), InferenceSettings.cpu());
                FaceSwapper swapper = swapper(finders.create())) {
            assertThatThrownBy(() -> swapper.prepare(empty)).isInstanceOf(FaceSwapper.NoFaceException.class);
        }
    }

    @Test
    void theOperatorsDetectorFindsTheFaces() {
        Mat frame = new Mat(640, 640, CvType.CV_8UC3, new Scalar(30, 60, 200));
        try (FaceFinders finders = new FaceFinders(packs, InferenceSettings.cpu());
                FaceFinder finder = finders.create()) {
            // the pack always sees a face of 32 × 40 in the middle of its 64 × 64
            assertThat(finder.detect(frame)).containsExactly(new FaceRegion(320, 320, 600, 0));
        }
    }

    private FaceSwapper swapper(FaceFinder finder) {
        return new LearnedFaceSwapper(
                LearnedSwapper.find(packs, InferenceSettings.cpu(), SwapOptions.usual())
                        .orElseThrow(),
                finder);
    }

    private ModelPacks embedded() {
        return ModelPacks.load(
                getClass().getClassLoader(), List.of(ModelPacks.BLAZEFACE, ModelPacks.FACE_MESH), Optional.empty());
    }

    private static TrackedFace tracked(float fade) {
        return new TrackedFace(
                0, OneFace.mesh(), 1, HeadPose.of(new float[] {1, 0, 0, 0, 1, 0, 0, 0, 1}), fade, true, 0);
    }

    /** Finds a schematic face in the middle of any picture. */
    private static final class OneFace implements FaceFinder {
        static float[] mesh() {
            float[] xyz = new float[468 * 3];
            put(xyz, 160, 170, 33, 133, 159, 145);
            put(xyz, 240, 170, 362, 263, 386, 374);
            put(xyz, 200, 215, 4);
            put(xyz, 167, 255, 61);
            put(xyz, 233, 255, 291);
            return xyz;
        }

        private static void put(float[] xyz, float x, float y, int... points) {
            for (int point : points) {
                xyz[3 * point] = x;
                xyz[3 * point + 1] = y;
            }
        }

        @Override
        public List<FaceRegion> detect(Mat bgr) {
            return List.of(new FaceRegion(200, 200, 300, 0));
        }

        @Override
        public float locate(Mat bgr, FaceRegion region, float[] xyz) {
            System.arraycopy(mesh(), 0, xyz, 0, xyz.length);
            return 1;
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
