package io.voice2face.inference.swapper;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;

import io.voice2face.inference.InferenceSettings;
import io.voice2face.inference.ModelKind;
import io.voice2face.inference.ModelPackException;
import io.voice2face.inference.OnnxGraph;
import io.voice2face.inference.TestPacks;

import static io.voice2face.inference.OnnxGraph.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/**
 * Every contract of the widely used swappers, with graphs of the same inputs and outputs whose right answer is known to
 * the pixel: one turns the target's colours over, one paints the crop in a colour that the source says.
 */
class LearnedSwapperTest {
    private static final int LATENT = 512;
    /** A border of one pixel of the crop is never painted. */
    private static final SwapOptions HARD_EDGE = new SwapOptions(0.5, 1, 0, 0.8);

    @TempDir
    Path folder;

    private TestPacks packs;

    @BeforeEach
    void setUp() {
        packs = new TestPacks(folder);
    }

    // ---- the target's way: crop, normalisation, output range, paste

    @ParameterizedTest
    @CsvSource({
        "inswapper_128, 128, ARCFACE_128, 0, 1, 1, 0",
        "simswap_256, 256, ARCFACE_112_V1, imagenet, imagenet, 1, 0",
        "simswap_unofficial_512, 512, ARCFACE_112_V1, 0, 1, 1, 0",
        "ghost_1_256, 256, ARCFACE_112_V1, 0.5, 0.5, 0.5, 0.5",
        "hififace_unofficial_256, 256, MTCNN_512, 0.5, 0.5, 0.5, 0.5",
        "hyperswap_1a_256, 256, ARCFACE_128, 0.5, 0.5, 0.5, 0.5",
        "blendswap_256, 256, FFHQ_512, 0, 1, 1, 0",
        "uniface_256, 256, FFHQ_512, 0.5, 0.5, 0.5, 0.5",
    })
    void theTargetComesBackWithItsColoursTurnedOver(
            String id, int size, WarpTemplate template, String mean, String std, double scale, double offset) {
        double[] means = triple(mean, 0.485, 0.456, 0.406);
        double[] stds = triple(std, 0.229, 0.224, 0.225);
        addEncoder();
        packs.add(
                id,
                ModelKind.FACE_SWAPPER,
                inverter(size, means, stds, scale, offset),
                """
                size: %d
                template: %s
                mean: [%s, %s, %s]
                std: [%s, %s, %s]
                output: {scale: %s, offset: %s}
                source: {type: embedding}
                """
                        .formatted(
                                size,
                                template.label(),
                                means[0],
                                means[1],
                                means[2],
                                stds[0],
                                stds[1],
                                stds[2],
                                scale,
                                offset));
        Mat frame = Faces.pattern(size + 90, size + 70);
        Mat wanted = frame.clone();
        Mat inside = wanted.submat(new Rect(41, 31, size - 2, size - 2));
        Core.bitwise_not(inside, inside);

        swapOnce(HARD_EDGE, frame, Faces.at(template, size, 40, 30), portrait(100, 120, 140));

        assertThat(Core.norm(frame, wanted, Core.NORM_INF)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void pixelBoostSwapsALargerCrop(int factor) {
        addEncoder();
        packs.add(
                "inverter",
                ModelKind.FACE_SWAPPER,
                inverter(64, zeros(), ones(), 1, 0),
                """
                size: 64
                template: arcface_128
                source: {type: embedding}
                """);
        int side = 64 * factor;
        Mat frame = Faces.pattern(side + 90, side + 70);
        Mat wanted = frame.clone();
        Mat inside = wanted.submat(new Rect(41, 31, side - 2, side - 2));
        Core.bitwise_not(inside, inside);

        swapOnce(
                new SwapOptions(0.5, factor, 0, 0),
                frame,
                Faces.at(WarpTemplate.ARCFACE_128, side, 40, 30),
                portrait(100, 120, 140));

        assertThat(Core.norm(frame, wanted, Core.NORM_INF)).isZero();
    }

    @Test
    void halfTheOpacityIsHalfTheChange() {
        addEncoder();
        packs.add("inverter", ModelKind.FACE_SWAPPER, inverter(128, zeros(), ones(), 1, 0), INVERTER_MANIFEST);
        Mat frame = Faces.flat(200, 200, 200, 100, 50);
        try (LearnedSwapper swapper = LearnedSwapper.find(packs.load(), InferenceSettings.cpu(), HARD_EDGE)
                        .orElseThrow();
                LearnedSwapper.Worker worker = swapper.worker()) {
            FivePoints face = Faces.at(WarpTemplate.ARCFACE_128, 128, 36, 36);
            worker.swap(frame, face, swapper.prepare(frame, face), 0.2);
        }

        assertThat(frame.get(100, 100)).containsExactly(50 + 0.2 * 155, 100 + 0.2 * 55, 200 - 0.2 * 145);
    }

    // ---- the source's way: embedding, converter, emap, normalisation, weight

    @Test
    void inswapperMultipliesTheUnitEmbeddingByTheMapOfItsGraph() {
        addEncoder();
        float[] emap = emap();
        addPainter(emap, "source: {type: embedding, embedding: unit, emap: graph}");

        assertPainted(HARD_EDGE, times(unit(embedding(180, 90, 30)), emap));
    }

    @Test
    void theMapMayLieInAFileAndTheLatentMayBeNormalisedAgain() throws IOException {
        addEncoder();
        float[] emap = emap();
        addPainter(null, "source: {type: embedding, emap: emap.bin, normalise: true}");
        ByteBuffer bytes = ByteBuffer.allocate(emap.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(emap);
        Files.write(folder.resolve("painter/emap.bin"), bytes.array());

        assertPainted(HARD_EDGE, unit(times(unit(embedding(180, 90, 30)), emap)));
    }

    @Test
    void simswapAndHififaceConvertTheRawEmbeddingAndNormalise() {
        addEncoder();
        addConverter();
        addPainter(null, "source: {type: embedding, embedding: raw, converter: crossface, normalise: true}");

        assertPainted(HARD_EDGE, unit(converted(embedding(180, 90, 30))));
    }

    @Test
    void ghostConvertsWithoutNormalising() {
        addEncoder();
        addConverter();
        addPainter(null, "source: {type: embedding, embedding: raw, converter: crossface}");

        assertPainted(HARD_EDGE, converted(embedding(180, 90, 30)));
    }

    @Test
    void hyperswapTakesTheUnitEmbedding() {
        addEncoder();
        addPainter(null, "source: {type: embedding}");

        assertPainted(HARD_EDGE, unit(embedding(180, 90, 30)));
    }

    @ParameterizedTest
    @CsvSource({"0, 0.35", "0.25, 0.175", "0.5, 0", "1, -0.35"})
    void theWeightLeansTowardsTheTargetOrAwayFromIt(double weight, double share) {
        addEncoder();
        addPainter(null, "source: {type: embedding}");
        float[] source = unit(embedding(180, 90, 30));
        float[] target = unit(embedding(60, 60, 200));
        float[] wanted = new float[LATENT];
        for (int i = 0; i < LATENT; i++) {
            wanted[i] = (float) (source[i] * (1 - share) + target[i] * share);
        }

        assertPainted(new SwapOptions(weight, 1, 0, 0), wanted);
    }

    @ParameterizedTest
    @CsvSource({
        "blendswap_256, 112, arcface_112_v2, 0, 1",
        "uniface_256, 256, ffhq_512, 0.5, 0.5",
    })
    void imageSourcesAreCroppedAndNormalised(String id, int size, String template, double mean, double std) {
        byte[] graph = new OnnxGraph()
                .input("source", 1, 3, size, size)
                .input("target", 1, 3, 64, 64)
                .output("output", 1, 3, 64, 64)
                .floats("std", new float[] {(float) std}, 1)
                .floats("mean", new float[] {(float) mean}, 1)
                .longs("shape", 1, 3, 64, 64)
                .node("GlobalAveragePool", "source", "average")
                .node("Mul", "average, std", "scaled")
                .node("Add", "scaled, mean", "colour")
                .node("Expand", "colour, shape", "output")
                .bytes();
        packs.add(
                id,
                ModelKind.FACE_SWAPPER,
                graph,
                """
                size: 64
                template: arcface_128
                source: {type: image, size: %d, template: %s, mean: %s, std: %s}
                """
                        .formatted(size, template, mean, std));
        Mat frame = Faces.flat(160, 140, 1, 2, 3);

        swapOnce(HARD_EDGE, frame, Faces.at(WarpTemplate.ARCFACE_128, 64, 40, 30), portrait(180, 90, 30));

        assertThat(frame.get(60, 70)).containsExactly(30, 90, 180);
        assertThat(frame.get(60, 20)).containsExactly(3, 2, 1);
    }

    // ---- masks and enhancer

    @Test
    void whatTheParserCallsNoFaceIsLeftAlone() {
        addEncoder();
        packs.add("inverter", ModelKind.FACE_SWAPPER, inverter(128, zeros(), ones(), 1, 0), INVERTER_MANIFEST);
        // class 1 (skin) wins where red, not normalised, is above one half
        float[] weights = new float[19 * 3];
        float[] bias = new float[19];
        java.util.Arrays.fill(bias, -1);
        weights[3] = 0.229f;
        bias[1] = 0.485f;
        bias[0] = 0.5f;
        packs.add(
                "bisenet",
                ModelKind.FACE_PARSER,
                new OnnxGraph()
                        .input("input", 1, 3, 64, 64)
                        .output("output", 1, 19, 64, 64)
                        .floats("w", weights, 19, 3, 1, 1)
                        .floats("b", bias, 19)
                        .node("Conv", "input, w, b", "output")
                        .bytes(),
                "size: 64\n");

        assertOnlyTheLeftHalfIsSwapped(new Scalar(20, 20, 230), new Scalar(20, 20, 30));
    }

    @Test
    void whatHidesTheFaceIsLeftAlone() {
        addEncoder();
        packs.add("inverter", ModelKind.FACE_SWAPPER, inverter(128, zeros(), ones(), 1, 0), INVERTER_MANIFEST);
        // blue comes first in the interleaved tensor: the face is where blue is bright
        packs.add(
                "xseg",
                ModelKind.OCCLUDER,
                new OnnxGraph()
                        .input("input", 1, 256, 256, 3)
                        .output("output", 1, 256, 256, 1)
                        .longs("first", 0)
                        .node("Gather", "input, first", "output", number("axis", 3))
                        .bytes(),
                "");

        assertOnlyTheLeftHalfIsSwapped(new Scalar(255, 40, 40), new Scalar(0, 40, 40));
    }

    private static final String INVERTER_MANIFEST =
            """
            size: 128
            template: arcface_128
            source: {type: embedding}
            """;

    private void assertOnlyTheLeftHalfIsSwapped(Scalar left, Scalar right) {
        Mat frame = new Mat(200, 200, CvType.CV_8UC3, right);
        Mat leftHalf = frame.submat(0, 200, 0, 100);
        leftHalf.setTo(left);
        Mat before = frame.clone();

        swapOnce(HARD_EDGE, frame, Faces.at(WarpTemplate.ARCFACE_128, 128, 36, 36), portrait(100, 120, 140));

        Mat face = frame.submat(new Rect(37, 37, 35, 126));
        Mat faceBefore = before.submat(new Rect(37, 37, 35, 126));
        Core.bitwise_not(faceBefore, faceBefore);
        assertThat(Core.norm(face, faceBefore, Core.NORM_INF)).isLessThanOrEqualTo(1);
        Mat hidden = frame.submat(0, 200, 104, 200);
        assertThat(Core.norm(hidden, before.submat(0, 200, 104, 200), Core.NORM_INF))
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({"gfpgan, false", "codeformer, true"})
    void theEnhancersPictureIsBlendedIn(String id, boolean weighted) {
        addEncoder();
        // the swapper paints what is there: only the enhancer changes anything
        packs.add(
                "same",
                ModelKind.FACE_SWAPPER,
                new OnnxGraph()
                        .input("source", 1, LATENT)
                        .input("target", 1, 3, 128, 128)
                        .output("output", 1, 3, 128, 128)
                        .node("Identity", "target", "output")
                        .bytes(),
                INVERTER_MANIFEST);
        OnnxGraph graph = new OnnxGraph().input("input", 1, 3, 512, 512).output("output", 1, 3, 512, 512);
        if (weighted) {
            graph.doubleInput("weight", 1)
                    .node("Cast", "weight", "w", number("to", 1))
                    .node("Mul", "input, w", "output");
        } else {
            graph.node("Neg", "input", "output");
        }
        packs.add(id, ModelKind.ENHANCER, graph.bytes(), weighted ? "weight: -1\n" : "");
        Mat frame = Faces.flat(600, 580, 200, 120, 60);

        swapOnce(
                new SwapOptions(0.5, 1, 0, 0.8),
                frame,
                Faces.at(WarpTemplate.FFHQ_512, 512, 40, 30),
                portrait(100, 120, 140));

        double[] wanted = {60 + 0.8 * 135, 120 + 0.8 * 15, 200 - 0.8 * 145};
        for (int[] at : new int[][] {{60, 60}, {200, 331}, {535, 545}}) {
            for (int c = 0; c < 3; c++) {
                assertThat(frame.get(at[0], at[1])[c]).isCloseTo(wanted[c], within(0.51));
            }
        }
        assertThat(frame.get(10, 300)).containsExactly(60, 120, 200);
    }

    // ---- what lacks and what does not fit

    @Test
    void aPackThatNeedsAnotherSaysWhichIsMissing() {
        addPainter(null, "source: {type: embedding}");
        assertOpenFails("painter", "needs a pack of kind identity-encoder, which is missing");

        addEncoder();
        addPainter(null, "source: {type: embedding, embedding: raw, converter: crossface_simswap}");
        assertOpenFails("needs the pack \"crossface_simswap\" of kind embedding-converter, which is missing");

        addPainter(null, "source: {type: embedding, encoder: net_arc}");
        assertOpenFails("needs the pack \"net_arc\" of kind identity-encoder, which is missing");
    }

    @Test
    void aManifestThatDoesNotFitItsGraphIsSaid() {
        addEncoder();
        packs.add(
                "painter",
                ModelKind.FACE_SWAPPER,
                painter(null),
                """
                size: 256
                template: arcface_128
                source: {type: embedding}
                """);
        assertOpenFails("needs \"target\" of shape [1, 3, 256, 256]", "[1, 3, 64, 64]");

        packs.add(
                "painter",
                ModelKind.FACE_SWAPPER,
                painter(null),
                """
                size: 64
                template: arcface_129
                source: {type: embedding}
                """);
        assertOpenFails("template: arcface_129", "known are arcface_112_v1");

        packs.add("painter", ModelKind.FACE_SWAPPER, painter(null), "size: 64\ntemplate: arcface_128\n");
        assertOpenFails("source.type", "known are embedding, image");
    }

    @Test
    void withoutASwapperThereIsNone() {
        addEncoder();

        assertThat(LearnedSwapper.find(packs.load(), InferenceSettings.cpu(), HARD_EDGE))
                .isEmpty();
    }

    private void assertOpenFails(String... words) {
        assertThatThrownBy(() -> LearnedSwapper.find(packs.load(), InferenceSettings.cpu(), HARD_EDGE))
                .isInstanceOf(ModelPackException.class)
                .hasMessageContainingAll(words);
    }

    // ---- graphs

    /** (1 − (target·std + mean) − offset) / scale: after the manifest's output range, 255 minus each byte. */
    private static byte[] inverter(int size, double[] mean, double[] std, double scale, double offset) {
        float[] factor = new float[3];
        float[] shift = new float[3];
        for (int c = 0; c < 3; c++) {
            factor[c] = (float) (-std[c] / scale);
            shift[c] = (float) ((1 - mean[c] - offset) / scale);
        }
        return new OnnxGraph()
                .input("source", 1, LATENT)
                .input("target", 1, 3, size, size)
                .output("output", 1, 3, size, size)
                .floats("factor", factor, 1, 3, 1, 1)
                .floats("shift", shift, 1, 3, 1, 1)
                .node("Mul", "target, factor", "scaled")
                .node("Add", "scaled, shift", "output")
                .bytes();
    }

    /** Paints the crop in the colour ½ + ½·source·P; its last initialiser is the map given, if any. */
    private static byte[] painter(float[] emap) {
        OnnxGraph graph = new OnnxGraph()
                .input("source", 1, LATENT)
                .input("target", 1, 3, 64, 64)
                .output("output", 1, 3, 64, 64)
                .floats("p", projection(), LATENT, 3)
                .floats("half", new float[] {0.5f}, 1)
                .longs("pixel", 1, 3, 1, 1)
                .longs("shape", 1, 3, 64, 64);
        if (emap != null) {
            graph.floats("emap", emap, LATENT, LATENT);
        }
        return graph.node("MatMul", "source, p", "three")
                .node("Mul", "three, half", "halved")
                .node("Add", "halved, half", "shifted")
                .node("Reshape", "shifted, pixel", "colour")
                .node("Expand", "colour, shape", "output")
                .bytes();
    }

    private void addPainter(float[] emap, String source) {
        packs.add(
                "painter", ModelKind.FACE_SWAPPER, painter(emap), "size: 64\ntemplate: arcface_128\n" + source + "\n");
    }

    /** The mean colour of the crop times a matrix: a flat portrait has an embedding that is known. */
    private void addEncoder() {
        packs.add(
                "w600k_r50",
                ModelKind.IDENTITY_ENCODER,
                new OnnxGraph()
                        .input("input", 1, 3, 112, 112)
                        .output("output", 1, LATENT)
                        .floats("w", encoderWeights(), 3, LATENT)
                        .node("GlobalAveragePool", "input", "average")
                        .node("Flatten", "average", "colour")
                        .node("MatMul", "colour, w", "output")
                        .bytes(),
                "");
    }

    /** e/8 + 1/64 */
    private void addConverter() {
        packs.add(
                "crossface",
                ModelKind.EMBEDDING_CONVERTER,
                new OnnxGraph()
                        .input("input", 1, LATENT)
                        .output("output", 1, LATENT)
                        .floats("factor", new float[] {0.125f}, 1)
                        .floats("shift", new float[] {0.015625f}, 1)
                        .node("Mul", "input, factor", "scaled")
                        .node("Add", "scaled, shift", "output")
                        .bytes(),
                "");
    }

    // ---- what must come out, by arithmetic of our own

    private void assertPainted(SwapOptions options, float[] latent) {
        Mat frame = Faces.flat(160, 140, 60, 60, 200);
        float[] p = projection();
        double[] rgb = new double[3];
        for (int c = 0; c < 3; c++) {
            double sum = 0;
            for (int i = 0; i < LATENT; i++) {
                sum += (double) latent[i] * p[3 * i + c];
            }
            rgb[c] = Math.max(0, Math.min(255, 255 * (0.5 + 0.5 * sum)));
        }

        swapOnce(options, frame, Faces.at(WarpTemplate.ARCFACE_128, 64, 40, 30), portrait(180, 90, 30));

        double[] painted = frame.get(60, 70);
        for (int c = 0; c < 3; c++) {
            assertThat(painted[2 - c]).isCloseTo(rgb[c], within(1.0));
            // a colour at the end of the range would hide mistakes
            assertThat(rgb[c]).isBetween(5.0, 250.0);
        }
        assertThat(frame.get(60, 20)).containsExactly(200, 60, 60);
    }

    private void swapOnce(SwapOptions options, Mat frame, FivePoints face, Mat portrait) {
        try (LearnedSwapper swapper = LearnedSwapper.find(packs.load(), InferenceSettings.cpu(), options)
                        .orElseThrow();
                LearnedSwapper.Worker worker = swapper.worker()) {
            SourceFace source = swapper.prepare(portrait, Faces.at(WarpTemplate.ARCFACE_112_V2, 112, 20, 20));
            worker.swap(frame, face, source, 1);
        }
    }

    private static Mat portrait(int red, int green, int blue) {
        return Faces.flat(160, 160, red, green, blue);
    }

    private static float[] embedding(int red, int green, int blue) {
        float[] w = encoderWeights();
        float[] embedding = new float[LATENT];
        double[] colour = {red / 127.5 - 1, green / 127.5 - 1, blue / 127.5 - 1};
        for (int i = 0; i < LATENT; i++) {
            double sum = 0;
            for (int c = 0; c < 3; c++) {
                sum += colour[c] * w[c * LATENT + i];
            }
            embedding[i] = (float) sum;
        }
        return embedding;
    }

    private static float[] converted(float[] embedding) {
        float[] converted = new float[LATENT];
        for (int i = 0; i < LATENT; i++) {
            converted[i] = embedding[i] / 8 + 0.015625f;
        }
        return converted;
    }

    private static float[] unit(float[] vector) {
        double sum = 0;
        for (float v : vector) {
            sum += (double) v * v;
        }
        float[] unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (vector[i] / Math.sqrt(sum));
        }
        return unit;
    }

    private static float[] times(float[] vector, float[] matrix) {
        float[] product = new float[LATENT];
        for (int column = 0; column < LATENT; column++) {
            double sum = 0;
            for (int row = 0; row < LATENT; row++) {
                sum += (double) vector[row] * matrix[row * LATENT + column];
            }
            product[column] = (float) sum;
        }
        return product;
    }

    private static float[] encoderWeights() {
        return numbers(3 * LATENT, 11, 0.2);
    }

    private static float[] projection() {
        return numbers(LATENT * 3, 12, 0.12);
    }

    private static float[] emap() {
        return numbers(LATENT * LATENT, 13, 0.06);
    }

    private static float[] numbers(int count, long seed, double size) {
        java.util.Random random = new java.util.Random(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) (random.nextGaussian() * size);
        }
        return numbers;
    }

    private static double[] triple(String value, double... imageNet) {
        if (value.equals("imagenet")) {
            return imageNet;
        }
        double number = Double.parseDouble(value);
        return new double[] {number, number, number};
    }

    private static double[] zeros() {
        return new double[3];
    }

    private static double[] ones() {
        return new double[] {1, 1, 1};
    }
}
