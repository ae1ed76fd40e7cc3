package io.voice2face.inference;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ModelPacksTest {
    private static final byte[] DOUBLER = new OnnxGraph()
            .input("x", 1, 3)
            .output("y", 1, 3)
            .node("Add", "x, x", "y")
            .bytes();
    private static final String TENSORS =
            """
            inputs:
              - {name: x, shape: [1, 3]}
            outputs:
              - {name: y, shape: [1, 3]}
            """;

    @TempDir
    Path folder;

    private TestPacks packs;

    @BeforeEach
    void setUp() {
        packs = new TestPacks(folder);
    }

    @Test
    void aPackThatFitsRunsAndSaysWhatItRunsOn() throws OrtException {
        ModelPack pack = packs.add("doubler", ModelKind.ENHANCER, DOUBLER, TENSORS)
                .load()
                .require(ModelKind.ENHANCER);

        try (OnnxModel model = OnnxModel.open(pack, InferenceSettings.cpu());
                OnnxTensor x = OnnxTensor.createTensor(
                        model.environment(), FloatBuffer.wrap(new float[] {1, 2, 3}), new long[] {1, 3});
                OrtSession.Result result = model.run(Map.of("x", x))) {
            assertThat(((float[][]) result.get(0).getValue())[0]).containsExactly(2, 4, 6);
            assertThat(model.provider())
                    .isEqualTo(new ProviderUse(ExecutionProvider.CPU, ExecutionProvider.CPU, Optional.empty()));
        }
    }

    @Test
    void cudaThatIsNotThereFallsBackWithAReason() {
        ModelPack pack = packs.add("doubler", ModelKind.ENHANCER, DOUBLER, TENSORS)
                .load()
                .require(ModelKind.ENHANCER);

        try (OnnxModel model = OnnxModel.open(pack, new InferenceSettings(ExecutionProvider.CUDA, 1))) {
            // on a machine with a GPU and the GPU build it is CUDA, and then there is no reason
            if (model.provider().used() == ExecutionProvider.CPU) {
                assertThat(model.provider().reason().orElseThrow()).isNotBlank();
            } else {
                assertThat(model.provider().reason()).isEmpty();
            }
        }
    }

    @Test
    void theOperatorsPackStandsInForTheEmbeddedOneOfItsKind() {
        ModelPacks found = packs.add("own-vad", ModelKind.VOICE_ACTIVITY_DETECTOR, DOUBLER, "")
                .load(ModelPacks.SILERO_VAD, ModelPacks.FACE_MESH);

        assertThat(found.require(ModelKind.VOICE_ACTIVITY_DETECTOR).id()).isEqualTo("own-vad");
        assertThat(found.require(ModelKind.FACE_MESH).id()).isEqualTo(ModelPacks.FACE_MESH);
        assertThat(found.all()).hasSize(2);
    }

    @Test
    void twoPacksOfAKindAreOneTooMany() {
        ModelPacks found = packs.add("one", ModelKind.ENHANCER, DOUBLER, "")
                .add("two", ModelKind.ENHANCER, DOUBLER, "")
                .load();

        assertThatThrownBy(() -> found.find(ModelKind.ENHANCER))
                .isInstanceOf(ModelPackException.class)
                .hasMessageContaining("several model packs of kind enhancer")
                .hasMessageContaining("one")
                .hasMessageContaining("two");
    }

    @Test
    void whatDoesNotFitTheGraphIsSaid() {
        assertOpenFails("[1, 4]", "x", "promises the input \"x\" of shape [1, 4], but its graph has [1, 3]");
        assertOpenFails("[1, 3]", "z", "promises the input \"z\", but its graph has only [x]");
        assertOpenFails("[1, 3], type: int64", "x", "of type int64, but its graph has float32");
    }

    @Test
    void anOutputThatIsMissingOrShapedOtherwiseIsSaid() {
        assertOutputFails("{name: z, shape: [1, 3]}", "promises the output \"z\", but its graph has only [y]");
        assertOutputFails(
                "{name: y, shape: [1, 7]}", "promises the output \"y\" of shape [1, 7], but its graph has [1, 3]");
    }

    private void assertOutputFails(String output, String words) {
        ModelPack pack = packs.add("doubler", ModelKind.ENHANCER, DOUBLER, "outputs:\n  - " + output + "\n")
                .load()
                .require(ModelKind.ENHANCER);
        assertThatThrownBy(() -> OnnxModel.open(pack, InferenceSettings.cpu()))
                .isInstanceOf(ModelPackException.class)
                .hasMessageContaining("doubler")
                .hasMessageContaining(words);
    }

    @Test
    void aKeyThatNobodyKnowsIsSaidWithThoseThatAreKnown() {
        packs.add("p", ModelKind.FACE_SWAPPER, DOUBLER, "tempalte: arcface_128\n");
        assertLoadFails(
                "Model pack p", "has the unknown key \"tempalte\"", "known for face-swapper are id,", "template");

        packs.add("p", ModelKind.ENHANCER, DOUBLER, "inputs:\n  - {name: x, shpae: [1, 3], shape: [1, 3]}\n");
        assertLoadFails("has the unknown key \"shpae\" under \"inputs\"", "known are name, type, shape");
    }

    @Test
    void everyMistakeHasASentenceOfItsOwn() {
        List<String> sentences = new ArrayList<>();
        for (String manifest : List.of(
                "id: p\nversion: 1\nkind: enhancer\nlicence: x\nfile: model.onnx\nsha256: 00\n",
                "id: p\nversion: 1\nkind: magician\nlicence: x\nfile: model.onnx\nsha256: 00\n",
                "id: p\nversion: 1\nkind: enhancer\nlicence: x\nfile: model.onnx\nsha256: 00\nhat: rabbit\n",
                "id: p\nversion: 1\nkind: enhancer\nlicence: x\nfile: other.onnx\nsha256: 00\n",
                "id: p\nversion: 1\nkind: enhancer\nfile: model.onnx\nsha256: 00\n")) {
            packs.write("p", DOUBLER, manifest);
            sentences.add(catchThrowableOfType(ModelPackException.class, () -> packs.load())
                    .getMessage());
        }
        assertThat(sentences).doesNotHaveDuplicates().allMatch(s -> s.endsWith(".") && s.contains("p/"));
    }

    private void assertOpenFails(String shape, String name, String words) {
        ModelPack pack = packs.add(
                        "doubler",
                        ModelKind.ENHANCER,
                        DOUBLER,
                        "inputs:\n  - {name: %s, shape: %s}\n".formatted(name, shape))
                .load()
                .require(ModelKind.ENHANCER);
        assertThatThrownBy(() -> OnnxModel.open(pack, InferenceSettings.cpu()))
                .isInstanceOf(ModelPackException.class)
                .hasMessageContaining("doubler")
                .hasMessageContaining(words);
    }

    @Test
    void damagedOrMissingWeightsAreSaid() throws IOException {
        packs.add("broken", ModelKind.ENHANCER, "no graph".getBytes(), "");
        ModelPack notAGraph = packs.load().require(ModelKind.ENHANCER);
        assertThatThrownBy(() -> OnnxModel.open(notAGraph, InferenceSettings.cpu()))
                .isInstanceOf(ModelPackException.class)
                .hasMessageContaining("cannot be loaded")
                .hasMessageContaining("model.onnx");

        Files.writeString(folder.resolve("broken/model.onnx"), "something else");
        assertLoadFails("has sha256", "the manifest says");

        Files.delete(folder.resolve("broken/model.onnx"));
        assertLoadFails("weights", "are missing");
    }

    @Test
    void faultsOfTheManifestAreSaid() {
        packs.write("p", DOUBLER, "id: p\nkind: enhancer\n");
        assertLoadFails("lacks \"version\"", "model.yaml");
        packs.write("p", DOUBLER, "id: p\nversion: 1\nkind: magician\nlicence: x\nfile: model.onnx\nsha256: 00\n");
        assertLoadFails("unknown kind \"magician\"", "face-swapper");
        packs.write("p", DOUBLER, "id: [p\n");
        assertLoadFails("is not YAML", "model.yaml");
        packs.write("p", DOUBLER, "id: p\nversion: 1\nkind: enhancer\nlicence: x\nfile: ../q.onnx\nsha256: 00\n");
        assertLoadFails("outside its folder", "../q.onnx");
    }

    @Test
    void aFolderThatIsNotThereIsSaid() {
        assertThatThrownBy(() ->
                        ModelPacks.load(getClass().getClassLoader(), List.of(), Optional.of(folder.resolve("nowhere"))))
                .isInstanceOf(ModelPackException.class)
                .hasMessageContaining("nowhere does not exist");
    }

    private void assertLoadFails(String... words) {
        assertThatThrownBy(() -> packs.load())
                .isInstanceOf(ModelPackException.class)
                .hasMessageContainingAll(words);
    }
}
