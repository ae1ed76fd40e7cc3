package io.voice2face.inference.swapper;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opencv.core.Mat;
import org.opencv.core.Point;
import org.opencv.core.Scalar;
import org.opencv.imgproc.Imgproc;

import io.voice2face.inference.InferenceSettings;
import io.voice2face.inference.ModelKind;
import io.voice2face.inference.ModelPackException;
import io.voice2face.inference.OnnxGraph;
import io.voice2face.inference.OnnxModel;
import io.voice2face.inference.TestPacks;

import static io.voice2face.inference.OnnxGraph.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Detectors and landmarkers whose graphs give numbers that are known, so that boxes and points are known too. */
class LearnedFaceDetectorTest {
    private static final int SIZE = 64;

    @TempDir
    Path folder;

    private TestPacks packs;

    @BeforeEach
    void setUp() {
        packs = new TestPacks(folder);
    }

    @Test
    void scrfdsDistancesBecomeBoxesAndPoints() {
        // stride 16, cell (2, 1), second anchor: the anchor lies at (32, 16)
        int anchor = (1 * 4 + 2) * 2 + 1;
        float[][] outputs = empty(2, 1, 4, 10);
        outputs[1][anchor] = 0.9f;
        set(outputs[4], anchor * 4, 1, 0.5f, 1.5f, 2);
        set(outputs[7], anchor * 10, -0.5f, 0, 0.5f, 0.25f, 0, 0.5f, -0.25f, 1, 0.25f, 1.25f);
        // the same face seen from the anchor beside it, less surely
        outputs[1][anchor - 1] = 0.8f;
        set(outputs[4], (anchor - 1) * 4, 1, 0.5f, 1.5f, 1.9f);
        packs.add("scrfd", ModelKind.FACE_DETECTOR, graph(outputs, 1, 4, 10), "size: 64\n");

        // 128 × 64 goes into the square at half size, in its upper half
        List<FaceCandidate> faces = detect(Faces.flat(128, 64, 9, 9, 9));

        assertThat(faces).hasSize(1);
        FaceCandidate face = faces.get(0);
        assertThat(face.score()).isCloseTo(0.9, within(1e-6));
        assertThat(new double[] {face.left(), face.top(), face.right(), face.bottom()})
                .containsExactly(32, 16, 112, 96);
        assertThat(face.points().points())
                .containsExactly(
                        new Point(48, 32), new Point(80, 40), new Point(64, 48), new Point(56, 64), new Point(72, 72));
    }

    @Test
    void yunetsLogarithmsBecomeBoxesAndPoints() {
        // stride 8, cell (3, 2)
        int cell = 2 * 8 + 3;
        float[][] outputs = empty(1, 1, 1, 4, 10);
        outputs[0][cell] = 0.81f;
        outputs[3][cell] = 1f;
        set(outputs[6], cell * 4, 0.5f, 0.25f, (float) Math.log(4), (float) Math.log(2));
        set(outputs[9], cell * 10, 0, 0, 1, 0, 0.5f, 0.5f, 0, 1, 1, 1);
        packs.add("yunet", ModelKind.FACE_DETECTOR, graph(outputs, 1, 1, 4, 10), "size: 64\ndecoder: yunet\n");

        List<FaceCandidate> faces = detect(Faces.flat(64, 64, 9, 9, 9));

        assertThat(faces).hasSize(1);
        FaceCandidate face = faces.get(0);
        assertThat(face.score()).isCloseTo(0.9, within(1e-6));
        assertThat(face.left()).isCloseTo(28 - 16, within(1e-4));
        assertThat(face.right()).isCloseTo(28 + 16, within(1e-4));
        assertThat(face.top()).isCloseTo(18 - 8, within(1e-4));
        assertThat(face.bottom()).isCloseTo(18 + 8, within(1e-4));
        assertThat(face.points().points())
                .containsExactly(
                        new Point(24, 16), new Point(32, 16), new Point(28, 20), new Point(24, 24), new Point(32, 24));
    }

    @Test
    void aGraphWithOtherOutputsIsRefused() {
        packs.add(
                "scrfd",
                ModelKind.FACE_DETECTOR,
                new OnnxGraph()
                        .input("input", 1, 3, SIZE, SIZE)
                        .output("o", 1, 3, SIZE, SIZE)
                        .node("Identity", "input", "o")
                        .bytes(),
                "size: 64\n");

        assertThatThrownBy(() -> detect(Faces.flat(64, 64, 9, 9, 9)))
                .isInstanceOf(ModelPackException.class)
                .hasMessageContaining("needs 9 outputs");
    }

    /** A landmarker whose heatmap is the crop's green channel: the peak is where the dot is. */
    @Test
    void aHeatmapsPeakIsFoundInThePicture() {
        packs.add(
                "2dfan4",
                ModelKind.FACE_LANDMARKER,
                new OnnxGraph()
                        .input("input", 1, 3, 256, 256)
                        .output("heatmaps", 1, 1, 64, 64)
                        .longs("green", 1)
                        .node("Gather", "input, green", "channel", OnnxGraph.number("axis", 1))
                        .node(
                                "AveragePool",
                                "channel",
                                "heatmaps",
                                numbers("kernel_shape", 4, 4),
                                numbers("strides", 4, 4))
                        .bytes(),
                "");
        Mat picture = Faces.flat(400, 300, 0, 0, 0);
        Imgproc.circle(picture, new Point(210, 133), 9, new Scalar(0, 255, 0), -1);
        Imgproc.GaussianBlur(picture, picture, new org.opencv.core.Size(0, 0), 4);

        try (OnnxModel model =
                        OnnxModel.open(packs.load().require(ModelKind.FACE_LANDMARKER), InferenceSettings.cpu());
                HeatmapLandmarker landmarker = new HeatmapLandmarker(model)) {
            // the box is 130 pixels high, so a cell of the map is 2⅔ pixels
            List<Point> points = landmarker.locate(picture, 140, 70, 260, 200);
            assertThat(points).hasSize(1);
            assertThat(points.get(0).x).isCloseTo(210, within(2.0));
            assertThat(points.get(0).y).isCloseTo(133, within(2.0));
        }
    }

    private List<FaceCandidate> detect(Mat bgr) {
        try (OnnxModel model = OnnxModel.open(packs.load().require(ModelKind.FACE_DETECTOR), InferenceSettings.cpu());
                LearnedFaceDetector detector = new LearnedFaceDetector(model)) {
            return detector.detect(bgr);
        }
    }

    /** Numbers of all strides, first of what comes first: each output is anchors × width. */
    private static float[][] empty(int anchorsPerCell, int... widths) {
        List<float[]> outputs = new ArrayList<>();
        for (int width : widths) {
            for (int stride : new int[] {8, 16, 32}) {
                int cells = SIZE / stride;
                outputs.add(new float[cells * cells * anchorsPerCell * width]);
            }
        }
        return outputs.toArray(float[][]::new);
    }

    private static void set(float[] values, int at, float... numbers) {
        System.arraycopy(numbers, 0, values, at, numbers.length);
    }

    /** A graph that gives these numbers whatever it sees. */
    private static byte[] graph(float[][] outputs, int... widths) {
        OnnxGraph graph = new OnnxGraph().input("input", 1, 3, SIZE, SIZE);
        graph.floats("zero", new float[] {0}, 1)
                .node("ReduceMean", "input", "mean", OnnxGraph.number("keepdims", 0))
                .node("Mul", "mean, zero", "nothing");
        for (int i = 0; i < outputs.length; i++) {
            int width = widths[i / 3];
            graph.output("o" + i, outputs[i].length / width, width)
                    .floats("v" + i, outputs[i], outputs[i].length / width, width)
                    .node("Add", "v" + i + ", nothing", "o" + i);
        }
        return graph.bytes();
    }
}
