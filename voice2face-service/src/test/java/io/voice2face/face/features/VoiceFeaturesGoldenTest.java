package io.voice2face.face.features;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Iterator;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Against the values that {@code training/voice_analyser/golden.py} computed with NumPy and SciPy. */
class VoiceFeaturesGoldenTest {
    private static final int TWO_SECONDS = 2 * SpeechMask.SAMPLE_RATE;

    private final JsonNode golden = read();

    @ParameterizedTest
    @ValueSource(strings = {"vibrato-120", "vibrato-230", "noise", "espeak"})
    void featuresAreThoseOfTheReferenceImplementation(String name) throws Exception {
        JsonNode expected = golden.get(name);
        float[] signal = signal(name);
        double[] samples = Loudness.normalise(signal).samples();

        VoiceFeatures features = new VoiceFeatureExtractor()
                .extract(samples, mask(expected.get("windows").asText()));

        assertClose(features.mel(), expected.get("mel"), 2e-4);
        assertClose(features.mfcc(), expected.get("mfcc"), 2e-4);
        assertClose(features.f0(), expected.get("f0"), 1e-5);
    }

    @Test
    void theGateKeepsTheWindowsThatTheReferenceKeeps() {
        JsonNode voice = golden.get("espeak");
        float[] probabilities = new float[voice.get("vad").size()];
        for (int i = 0; i < probabilities.length; i++) {
            probabilities[i] = (float) voice.get("vad").get(i).asDouble();
        }

        SpeechMask mask = SpeechGate.gate(probabilities);

        StringBuilder windows = new StringBuilder();
        for (int i = 0; i < mask.length(); i++) {
            windows.append(mask.isSpeech(i) ? '1' : '0');
        }
        assertThat(windows).hasToString(voice.get("windows").asText());
    }

    @Test
    void loudnessTakesOutOffsetAndLevel() {
        float[] loud = vibrato(120, 1, 0.01, 0);
        float[] quiet = new float[loud.length];
        for (int i = 0; i < loud.length; i++) {
            quiet[i] = 0.05f * loud[i] + 0.2f;
        }

        double[] a = Loudness.normalise(loud).samples();
        double[] b = Loudness.normalise(quiet).samples();

        assertThat(b).containsExactly(a, Offset.offset(1e-5));
        assertThat(Loudness.normalise(quiet).levelDbfs()
                        - Loudness.normalise(loud).levelDbfs())
                .isCloseTo(20 * Math.log10(0.05), Offset.offset(0.01));
    }

    @Test
    void theLogFilterbankIsThatOfThePublishedFormulae() {
        assertRows(new LogFilterbank().of(vibrato()), golden.get("log-filterbank"), 2e-3);
    }

    @Test
    void theFilterbankOfWeightsTrainedAt48KilohertzIsPythonSpeechFeaturesToo() {
        double[] samples = new double[48_000];
        for (int n = 0; n < samples.length; n++) {
            samples[n] = pulse(120, n / 48_000.0);
        }

        assertRows(new LogFilterbank(48_000).of(samples), golden.get("log-filterbank-48khz"), 2e-3);
    }

    @Test
    void interpolationKeepsATone() {
        double[] tone = new double[1600];
        for (int n = 0; n < tone.length; n++) {
            tone[n] = Math.sin(2 * Math.PI * 3000 * n / 16_000.0);
        }

        double[] raised = new Interpolation(3).of(tone);

        assertThat(raised).hasSize(4800);
        for (int n = 300; n < 4500; n++) {
            assertThat(raised[n]).isCloseTo(Math.sin(2 * Math.PI * 3000 * n / 48_000.0), Offset.offset(2e-3));
        }
    }

    @Test
    void theSphinxSpectrumIsThatOfThePublishedFormulaeAndIsRepeatedToTenSeconds() {
        JsonNode expected = golden.get("sphinx-log-spectrum");

        float[][] rows = new SphinxLogSpectrum().of(vibrato());

        assertRows(Arrays.copyOf(rows, expected.get("frames").asInt()), expected, 5e-3);
        assertThat(rows).hasNumberOfRows(SphinxLogSpectrum.LEAST_FRAMES);
        assertThat(rows[expected.get("frames").asInt()]).containsExactly(rows[0]);
    }

    private static double[] vibrato() {
        float[] signal = vibrato(120, 1, 0.01, 0);
        double[] samples = new double[signal.length];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = signal[i];
        }
        return samples;
    }

    private static void assertRows(float[][] rows, JsonNode expected, double tolerance) {
        assertThat(rows).hasNumberOfRows(expected.get("frames").asInt());
        expected.get("rows")
                .fields()
                .forEachRemaining(row -> assertClose(rows[Integer.parseInt(row.getKey())], row.getValue(), tolerance));
    }

    private static void assertClose(float[] actual, JsonNode expected, double tolerance) {
        assertThat(actual).hasSize(expected.size());
        Iterator<JsonNode> values = expected.elements();
        for (int i = 0; i < actual.length; i++) {
            assertThat((double) actual[i])
                    .as("value %d", i)
                    .isCloseTo(values.next().asDouble(), Offset.offset(tolerance));
        }
    }

    private static SpeechMask mask(String windows) {
        boolean[] mask = new boolean[windows.length()];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = windows.charAt(i) == '1';
        }
        return SpeechMask.of(mask);
    }

    private static float[] signal(String name) throws IOException, UnsupportedAudioFileException {
        return switch (name) {
            case "vibrato-120" -> vibrato(120, 1, 0.01, 0);
            case "vibrato-230" -> vibrato(230, 0.3, 0.02, 0.1);
            case "noise" -> vibrato(0, 0, 0.2, 0);
            default -> espeakVoice();
        };
    }

    /** Twenty equal harmonics with a vibrato, plus noise of a linear congruential generator, plus an offset. */
    /** 20 harmonics of equal strength with a slow vibrato of 3 %, at a second. */
    private static double pulse(double hz, double t) {
        double phase = 2 * Math.PI * (hz * t - 0.03 * hz / (2 * Math.PI * 5) * Math.cos(2 * Math.PI * 5 * t));
        double harmonics = 0;
        for (int k = 1; k <= 20; k++) {
            harmonics += Math.sin(k * phase) / 20;
        }
        return harmonics;
    }

    private static float[] vibrato(double hz, double amplitude, double noise, double offset) {
        float[] samples = new float[TWO_SECONDS];
        long state = 12345;
        for (int i = 0; i < samples.length; i++) {
            double t = (double) i / SpeechMask.SAMPLE_RATE;
            double harmonics = pulse(hz, t);
            state = (1664525 * state + 1013904223) & 0xffffffffL;
            samples[i] = (float) (amplitude * harmonics + noise * (state / 2147483648.0 - 1) + offset);
        }
        return samples;
    }

    static float[] espeakVoice() throws IOException, UnsupportedAudioFileException {
        try (InputStream file = resource("espeak-voice.wav");
                AudioInputStream audio = AudioSystem.getAudioInputStream(new java.io.BufferedInputStream(file))) {
            byte[] bytes = audio.readAllBytes();
            float[] samples = new float[bytes.length / 2];
            for (int i = 0; i < samples.length; i++) {
                samples[i] = (short) ((bytes[2 * i] & 0xff) | bytes[2 * i + 1] << 8) / 32768f;
            }
            return samples;
        }
    }

    private static JsonNode read() {
        try (InputStream file = resource("features.json")) {
            return new ObjectMapper().readTree(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static InputStream resource(String name) {
        return VoiceFeaturesGoldenTest.class.getResourceAsStream("/golden/" + name);
    }
}
