package io.voice2face.face.voice;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.voice2face.contracts.event.Gender;
import io.voice2face.face.TestSettings;
import io.voice2face.face.features.Loudness;
import io.voice2face.face.models.FaceModels;
import io.voice2face.face.timing.StopWatch;
import io.voice2face.media.AudioDecoder;
import io.voice2face.media.AudioLimits;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** The models that listen, on recordings. */
class VoiceListenerTest {
    private static FaceModels models;

    private final StopWatch watch = new StopWatch((step, outcome, taken) -> {});

    @TempDir
    Path folder;

    @BeforeAll
    static void open() {
        models = new FaceModels(new TestSettings.OnCpu(Optional.empty()));
    }

    @AfterAll
    static void close() {
        models.all().forEach(model -> model.close());
    }

    @Test
    void speechProbabilitiesAreThoseOfTheReference() throws Exception {
        float[] samples = AudioDecoder.decodeMono16k(voice(), new AudioLimits(java.time.Duration.ofMinutes(1), 1 << 24))
                .samples();

        float[] probabilities = new SileroVad(models.voiceActivity())
                .probabilities(Loudness.normalise(samples).samples());

        JsonNode expected = golden().get("espeak").get("vad");
        assertThat(probabilities).hasSize(expected.size());
        for (int i = 0; i < probabilities.length; i++) {
            assertThat((double) probabilities[i])
                    .as("window %d", i)
                    .isCloseTo(expected.get(i).asDouble(), Offset.offset(2e-3));
        }
    }

    @Test
    void hearsTheGoldenVoiceAsTheReferenceDoes() throws Exception {
        HeardVoice heard = listener().listen(voice(), watch);

        assertThat(heard.gender()).isEqualTo(Gender.FEMALE);
        assertThat(heard.pitch().medianHz())
                .isCloseTo(
                        165
                                * Math.pow(
                                        2,
                                        golden().get("espeak").get("f0").get(0).asDouble()),
                        Offset.offset(0.01));
        assertThat(heard.hints()).isEmpty();
        assertThat(heard.ageEstimate()).isBetween(20, 71);
    }

    @Test
    void levelChangesNothingButTheHint() throws Exception {
        HeardVoice asItIs = listener().listen(voice(), watch);

        HeardVoice quiet = listener().listen(scaled(0.012), watch);

        assertThat(quiet.hints()).contains(QualityHints.LOW_LEVEL);
        assertThat(quiet.femaleProbability()).isCloseTo(asItIs.femaleProbability(), Offset.offset(0.05));
        assertThat(quiet.timbre().values()).containsExactly(asItIs.timbre().values(), Offset.offset(1.5f));
    }

    @Test
    void clippingIsNoticed() throws Exception {
        assertThat(listener().listen(scaled(12), watch).hints()).contains(QualityHints.CLIPPING);
    }

    @Test
    void noiseIsNoticed() throws Exception {
        byte[] wav = Files.readAllBytes(voice());
        java.util.Random random = new java.util.Random(3);
        for (int i = 44; i + 1 < wav.length; i += 2) {
            put(wav, i, get(wav, i) + 1500 * random.nextGaussian());
        }
        Path file = Files.write(folder.resolve("noisy.wav"), wav);

        assertThat(listener().listen(file, watch).hints()).contains(QualityHints.NOISY);
    }

    private VoiceListener listener() {
        return new VoiceListener(models, new TestSettings.DefaultLimits());
    }

    private Path voice() throws IOException {
        try (InputStream in = getClass().getResourceAsStream("/golden/espeak-voice.wav")) {
            return Files.write(folder.resolve("voice.wav"), in.readAllBytes());
        }
    }

    private Path scaled(double factor) throws IOException {
        byte[] wav = Files.readAllBytes(voice());
        for (int i = 44; i + 1 < wav.length; i += 2) {
            put(wav, i, get(wav, i) * factor);
        }
        return Files.write(folder.resolve("scaled.wav"), wav);
    }

    private static double get(byte[] wav, int at) {
        return (short) (wav[at] & 0xff | wav[at + 1] << 8);
    }

    private static void put(byte[] wav, int at, double value) {
        int sample = (int) Math.max(-32768, Math.min(32767, Math.round(value)));
        wav[at] = (byte) sample;
        wav[at + 1] = (byte) (sample >> 8);
    }

    private static JsonNode golden() throws IOException {
        try (InputStream in = VoiceListenerTest.class.getResourceAsStream("/golden/features.json")) {
            return new ObjectMapper().readTree(in);
        }
    }
}
