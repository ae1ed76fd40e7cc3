package io.voice2face.face.generation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.voice2face.contracts.event.Gender;
import io.voice2face.contracts.event.ModelUse;
import io.voice2face.face.TestSettings;
import io.voice2face.face.models.FaceModels;
import io.voice2face.face.timing.StopWatch;
import io.voice2face.face.voice.HeardVoice;
import io.voice2face.face.voice.VoiceListener;
import io.voice2face.inference.ModelPackException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** An operator's research weights, from the recording to the picture, with a graph of the same contract. */
class VoiceToFacePackTest {
    private final StopWatch watch = new StopWatch((step, outcome, taken) -> {});

    @TempDir
    Path packs;

    @Test
    void sf2fWeightsPaintTheVoiceAndTheRestStaysAsItIs() throws Exception {
        mount("sf2f", TinyOnnx.meanPicture("mels", List.of(1, -1, 40, 125), 64), "");

        FaceModels models = new FaceModels(new TestSettings.OnCpu(Optional.of(packs)));
        HeardVoice voice = listen(models);
        MadeFace face = new FaceStudio(models).fromVoice(voice, OptionalInt.empty(), 1, watch);

        assertThat(face.gender()).isEqualTo(Gender.FEMALE);
        assertThat(face.models()).extracting(ModelUse::id).containsExactly("sf2f");
        assertThat(face.picture().side()).isEqualTo(512);
        float mean =
                mean(new VoiceFrontEnd.Sf2f().listen(voice.speechSamples(), 1).values());
        assertThat(mean)
                .as("speech is near the mean that SF2F was trained with")
                .isBetween(-1.5f, 1.5f);
        assertColour(face.picture(), mean * 0.229f + 0.485f, mean * 0.224f + 0.456f, mean * 0.225f + 0.406f);
    }

    @Test
    void weightsTrainedAt48KilohertzAreHeardAsTheyWereTrained() throws Exception {
        mount("sf2f", TinyOnnx.meanPicture("mels", List.of(1, -1, 40, 125), 64), "legacy-48khz: true\n");

        FaceModels models = new FaceModels(new TestSettings.OnCpu(Optional.of(packs)));
        HeardVoice voice = listen(models);
        MadeFace face = new FaceStudio(models).fromVoice(voice, OptionalInt.empty(), 1, watch);

        VoiceFrontEnd.Input legacy = VoiceFrontEnd.Sf2f.legacy().listen(voice.speechSamples(), 1);
        VoiceFrontEnd.Input right = new VoiceFrontEnd.Sf2f().listen(voice.speechSamples(), 1);
        assertThat(legacy.shape()).containsExactly(right.shape());
        assertThat(mean(legacy.values())).isNotCloseTo(mean(right.values()), Offset.offset(0.05f));
        float mean = mean(legacy.values());
        assertColour(face.picture(), mean * 0.229f + 0.485f, mean * 0.224f + 0.456f, mean * 0.225f + 0.406f);
    }

    @Test
    void windowsAreThoseOfThePaper() throws Exception {
        VoiceFrontEnd.Sf2f frontEnd = new VoiceFrontEnd.Sf2f();

        assertThat(frontEnd.listen(noise(16_000 * 3), 1).shape()).containsExactly(1, 3, 40, 125);
        assertThat(frontEnd.listen(noise(16_000), 1).shape())
                .as("one second is less than a window and is repeated")
                .containsExactly(1, 1, 40, 125);
        assertThat(frontEnd.listen(noise(16_000 * 3), 2).shape())
                .as("a further attempt hears half of it")
                .containsExactly(1, 2, 40, 125);
    }

    @Test
    void theCmuBaselineIsMountedTheSameWay() throws Exception {
        mount("cmu", TinyOnnx.meanPicture("voice", List.of(1, 64, -1), 64), "front-end: cmu\n");

        FaceModels models = new FaceModels(new TestSettings.OnCpu(Optional.of(packs)));
        MadeFace face = new FaceStudio(models).fromVoice(listen(models), OptionalInt.empty(), 1, watch);

        // Every band is standardised over time, so the mean is that of the part that is repeated once more: near 0.
        assertColour(face.picture(), 0.5f, 0.5f, 0.5f);
    }

    @Test
    void anEnhancerMakesTheSmallPictureLarge() throws Exception {
        mount("sf2f", TinyOnnx.meanPicture("mels", List.of(1, -1, 40, 125), 64), "");
        mountKind("enhancer", "enhancer", TinyOnnx.meanPicture("input", List.of(1, 3, 512, 512), 512), "");

        FaceModels models = new FaceModels(new TestSettings.OnCpu(Optional.of(packs)));
        MadeFace face = new FaceStudio(models).fromVoice(listen(models), OptionalInt.empty(), 1, watch);

        assertThat(face.models()).extracting(ModelUse::kind).containsExactly("voice-to-face", "enhancer");
        assertThat(face.picture().side()).isEqualTo(512);
    }

    @Test
    void aPackThatDoesNotFitStopsTheServiceWithASentence() throws Exception {
        mount("odd", TinyOnnx.meanPicture("mels", List.of(1, -1, 40, 125), 64), "front-end: telepathy\n");

        FaceModels models = new FaceModels(new TestSettings.OnCpu(Optional.of(packs)));

        assertThatThrownBy(() -> new FaceStudio(models))
                .isInstanceOf(ModelPackException.class)
                .hasMessageContaining("telepathy")
                .hasMessageContaining("sf2f and cmu")
                .hasMessageContaining("model.yaml");
    }

    private HeardVoice listen(FaceModels models) throws Exception {
        Path recording = packs.resolve("voice.wav");
        try (var in = getClass().getResourceAsStream("/golden/espeak-voice.wav")) {
            Files.write(recording, in.readAllBytes());
        }
        return new VoiceListener(models, new TestSettings.DefaultLimits()).listen(recording, watch);
    }

    private void mount(String id, byte[] graph, String more) throws Exception {
        mountKind("voice-to-face", id, graph, more);
    }

    private void mountKind(String kind, String id, byte[] graph, String more) throws Exception {
        Path folder = Files.createDirectories(packs.resolve(id));
        Files.write(folder.resolve("model.onnx"), graph);
        String sha256 =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(graph));
        Files.writeString(
                folder.resolve("model.yaml"),
                "id: %s\nversion: 1.0.0\nkind: %s\nfile: model.onnx\nsha256: %s\nlicence: test\n%s"
                        .formatted(id, kind, sha256, more));
    }

    private static void assertColour(FacePicture picture, float red, float green, float blue) throws IOException {
        int plane = picture.side() * picture.side();
        float[] expected = {red, green, blue};
        for (int channel = 0; channel < 3; channel++) {
            assertThat(picture.rgb()[channel * plane + plane / 2])
                    .as("channel %d", channel)
                    .isCloseTo(Math.max(0, Math.min(1, expected[channel])), Offset.offset(0.01f));
        }
    }

    private static float mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return (float) (sum / values.length);
    }

    private static double[] noise(int samples) {
        java.util.Random random = new java.util.Random(5);
        double[] noise = new double[samples];
        for (int i = 0; i < samples; i++) {
            noise[i] = 0.1 * random.nextGaussian();
        }
        return noise;
    }
}
