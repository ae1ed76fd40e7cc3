package io.voice2face.face.generation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

import io.voice2face.contracts.event.Gender;
import io.voice2face.face.TestSettings;
import io.voice2face.face.models.FaceModels;
import io.voice2face.face.timing.StopWatch;
import io.voice2face.inference.ModelKind;
import io.voice2face.inference.ModelPack;
import io.voice2face.inference.ModelPacks;
import io.voice2face.inference.ProtobufFields;
import io.voice2face.inference.face.DetectedFace;
import io.voice2face.inference.face.FaceDetector;
import io.voice2face.inference.face.FaceMesh;
import io.voice2face.media.StillImage;
import io.voice2face.media.VisualLimits;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nobody's portrait can be taken out of the generator's weights: every stored picture is decoded, as
 * {@code training/face_generator/codec.py} encodes it, and looked at by a detector and a mesh.
 */
class HollowLayersTest {
    private static final int SIDE = 512;
    private static final double SEEN = 0.5;

    private static FaceModels models;
    private static FaceDetector detector;
    private static FaceMesh mesh;
    private static Map<String, Stored> banks;
    private static JsonNode reach;

    /** An initialiser of bytes: its shape and its rows. */
    private record Stored(List<Integer> shape, ByteBuffer bytes) {
        int rows() {
            return shape.get(0);
        }

        /** Four-bit steps of a row, −8..7, the left half of each line in the high nibbles, as value of the square law. */
        Mat residual(int row, int channel, int height, int width, double reach) {
            Mat value = new Mat(height, width, CvType.CV_32F);
            float[] line = new float[width];
            int at = (row * (bytes.capacity() / rows())) + channel * height * width / 2;
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width / 2; x++) {
                    int pair = bytes.get(at++) & 0xFF;
                    line[x] = step(pair >> 4, reach);
                    line[x + width / 2] = step(pair & 15, reach);
                }
                value.put(y, 0, line);
            }
            return value;
        }

        private static float step(int code, double reach) {
            int step = code - 8;
            return (float) (step * Math.abs(step) * reach / 64);
        }

        /** A small picture of bytes, enlarged. */
        Mat base(int row, int channel, int small, int side) {
            byte[] values = new byte[small * small];
            bytes.get(row * (bytes.capacity() / rows()) + channel * values.length, values);
            Mat base = new Mat(small, small, CvType.CV_8U);
            base.put(0, 0, values);
            base.convertTo(base, CvType.CV_32F);
            return enlarged(base, side);
        }
    }

    @BeforeAll
    static void open() throws Exception {
        models = new FaceModels(new TestSettings.OnCpu(Optional.empty()));
        ModelPacks packs = ModelPacks.load(
                HollowLayersTest.class.getClassLoader(),
                List.of(ModelPacks.BLAZEFACE, ModelPacks.FACE_MESH),
                Optional.empty());
        detector = new FaceDetector(packs.require(ModelKind.FACE_DETECTOR), SEEN);
        mesh = new FaceMesh(packs.require(ModelKind.FACE_MESH));
        read(models.faceGenerator().model().pack());
    }

    @Test
    void noStoredLayerShowsAFace() {
        Stored luma = banks.get("bank_luma");
        List<Integer> faces = new ArrayList<>();
        for (int layer = 0; layer < luma.rows(); layer++) {
            if (showsAFace(layer(layer))) {
                faces.add(layer);
            }
        }
        assertThat(luma.rows()).as("layers").isGreaterThan(50);
        assertThat(faces).as("layers in which a face is found").isEmpty();
    }

    @Test
    void noStoredPartShowsAFace() {
        List<String> parts = banks.keySet().stream()
                .filter(name -> name.matches("bank_part_.*_luma"))
                .toList();
        assertThat(parts).as("regions").hasSize(4);
        for (String name : parts) {
            Stored part = banks.get(name);
            List<Integer> faces = new ArrayList<>();
            for (int row = 0; row < part.rows(); row++) {
                if (showsAFace(part(part, row))) {
                    faces.add(row);
                }
            }
            assertThat(faces)
                    .as("rows of " + name + " in which a face is found")
                    .isEmpty();
        }
    }

    /** That the same eyes see what is there: a generated face, and one that lies in a layer which is not hollow. */
    @Test
    void aFaceThatIsThereIsSeen(@TempDir Path folder) throws Exception {
        FacePicture made = new FaceStudio(models)
                .fromStatement(
                        new UUID(3, 4),
                        Gender.FEMALE,
                        40,
                        OptionalInt.empty(),
                        1,
                        new StopWatch((step, outcome, taken) -> {}))
                .picture();
        Path file = folder.resolve("made.png");
        made.writePng(file);
        Mat picture = StillImage.read(file, VisualLimits.defaults());
        assertThat(showsAFace(picture)).as("a generated portrait").isTrue();

        Mat layer = layer(0);
        Rect face = new Rect(166, 150, 180, 240);
        assertThat(showsAFace(layer)).as("the layer as it is stored").isFalse();
        picture.submat(face).copyTo(layer.submat(face));
        assertThat(showsAFace(layer)).as("the layer with a face in it").isTrue();
    }

    private static boolean showsAFace(Mat bgr) {
        List<DetectedFace> found = detector.detect(bgr);
        return !found.isEmpty() && mesh.locate(bgr, found.get(0)).score() >= SEEN;
    }

    /** Hair and clothes of one row, BGR. */
    private static Mat layer(int row) {
        double lumaReach = reach.get("luma").asDouble();
        double chromaReach = reach.get("chroma").asDouble();
        Mat luma = banks.get("bank_luma_base").base(row, 0, 128, SIDE);
        Core.add(luma, banks.get("bank_luma").residual(row, 0, SIDE, SIDE, lumaReach), luma);
        List<Mat> chroma = new ArrayList<>();
        for (int channel = 0; channel < 2; channel++) {
            Mat half = banks.get("bank_chroma_base").base(row, channel, 64, SIDE / 2);
            Core.add(half, banks.get("bank_chroma").residual(row, channel, SIDE / 2, SIDE / 2, chromaReach), half);
            chroma.add(enlarged(half, SIDE));
        }
        Mat ycc = new Mat();
        Core.merge(List.of(luma, chroma.get(0), chroma.get(1)), ycc);
        ycc.convertTo(ycc, CvType.CV_8U);
        Mat bgr = new Mat();
        Imgproc.cvtColor(ycc, bgr, Imgproc.COLOR_YCrCb2BGR);
        return bgr;
    }

    /** Half a forehead, nose, mouth or an eye: exp of the log detail on middle grey, in the middle of a picture. */
    private static Mat part(Stored part, int row) {
        int height = part.shape().get(1);
        int width = part.shape().get(2) * 2;
        Mat detail = part.residual(row, 0, height, width, reach.get("part").asDouble());
        Core.exp(detail, detail);
        Core.multiply(detail, Scalar.all(128), detail);
        detail.convertTo(detail, CvType.CV_8U);
        Mat grey = new Mat(SIDE, SIDE, CvType.CV_8U, Scalar.all(128));
        detail.copyTo(grey.submat(new Rect((SIDE - width) / 2, (SIDE - height) / 2, width, height)));
        Mat bgr = new Mat();
        Imgproc.cvtColor(grey, bgr, Imgproc.COLOR_GRAY2BGR);
        return bgr;
    }

    private static Mat enlarged(Mat small, int side) {
        Mat large = new Mat();
        Imgproc.resize(small, large, new Size(side, side), 0, 0, Imgproc.INTER_LINEAR);
        return large;
    }

    /** The initialisers of bytes of an ONNX file (ModelProto.graph.initializer) and the reach of their steps. */
    private static void read(ModelPack pack) throws IOException {
        banks = new HashMap<>();
        ProtobufFields model = new ProtobufFields(ByteBuffer.wrap(pack.weights()));
        while (model.next()) {
            if (model.number() == 7) {
                ProtobufFields graph = new ProtobufFields(model.bytes());
                while (graph.next()) {
                    if (graph.number() == 5) {
                        readTensor(graph.bytes());
                    }
                }
            } else if (model.number() == 14) {
                Map<Integer, String> property = texts(model.bytes());
                if (property.get(1).equals("reach")) {
                    reach = new ObjectMapper().readTree(property.get(2));
                }
            }
        }
    }

    private static void readTensor(ByteBuffer tensor) {
        List<Integer> shape = new ArrayList<>();
        String name = "";
        ByteBuffer raw = ByteBuffer.allocate(0);
        ProtobufFields fields = new ProtobufFields(tensor);
        while (fields.next()) {
            switch (fields.number()) {
                case 1 -> shape.add((int) fields.varint());
                case 8 -> name = StandardCharsets.UTF_8.decode(fields.bytes()).toString();
                case 9 -> raw = fields.bytes();
                default -> {}
            }
        }
        if (name.startsWith("bank_")) {
            banks.put(name, new Stored(List.copyOf(shape), raw));
        }
    }

    private static Map<Integer, String> texts(ByteBuffer message) {
        Map<Integer, String> texts = new HashMap<>();
        ProtobufFields fields = new ProtobufFields(message);
        while (fields.next()) {
            texts.put(
                    fields.number(),
                    StandardCharsets.UTF_8.decode(fields.bytes()).toString());
        }
        return texts;
    }
}
