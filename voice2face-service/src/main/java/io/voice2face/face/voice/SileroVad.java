package io.voice2face.face.voice;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Map;

import io.voice2face.face.features.SpeechGate;
import io.voice2face.face.features.SpeechMask;
import io.voice2face.inference.OnnxModel;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

/**
 * Silero VAD v5: {@code input} [1, 64 samples before + 512], {@code state} [2,1,128], {@code sr} → {@code output} [1,1],
 * {@code stateN}. Thread-safe; each call has its own state.
 */
public final class SileroVad {
    private static final int CONTEXT = 64;
    private static final int STATE = 2 * 128;

    private final OnnxModel model;

    public SileroVad(OnnxModel model) {
        this.model = model;
    }

    /** Which of a recording is speech. */
    public SpeechMask speech(double[] samples) {
        return SpeechGate.gate(probabilities(samples));
    }

    /**
     * One probability per 512 samples; the last window is padded with zeros.
     *
     * @param samples 16 kHz mono, loudness normalised
     */
    public float[] probabilities(double[] samples) {
        float[] probabilities = new float[(samples.length + SpeechMask.WINDOW - 1) / SpeechMask.WINDOW];
        FloatBuffer input = floats(CONTEXT + SpeechMask.WINDOW);
        FloatBuffer state = floats(STATE);
        LongBuffer rate = LongBuffer.wrap(new long[] {SpeechMask.SAMPLE_RATE});
        OrtEnvironment environment = model.environment();
        try (OnnxTensor inputTensor =
                        OnnxTensor.createTensor(environment, input, new long[] {1, CONTEXT + SpeechMask.WINDOW});
                OnnxTensor stateTensor = OnnxTensor.createTensor(environment, state, new long[] {2, 1, 128});
                OnnxTensor rateTensor = OnnxTensor.createTensor(environment, rate, new long[0])) {
            // The tensors look into the buffers, so filling those is all that a window needs.
            Map<String, OnnxTensor> inputs = Map.of("input", inputTensor, "state", stateTensor, "sr", rateTensor);
            for (int window = 0; window < probabilities.length; window++) {
                fill(input, samples, window * SpeechMask.WINDOW - CONTEXT);
                try (OrtSession.Result result = model.run(inputs)) {
                    probabilities[window] =
                            tensor(result, "output").getFloatBuffer().get(0);
                    state.put(0, tensor(result, "stateN").getFloatBuffer(), 0, STATE);
                }
            }
        } catch (OrtException e) {
            throw new IllegalStateException("voice activity detection failed: " + e.getMessage(), e);
        }
        return probabilities;
    }

    private static void fill(FloatBuffer input, double[] samples, int from) {
        for (int i = 0; i < CONTEXT + SpeechMask.WINDOW; i++) {
            int at = from + i;
            input.put(i, at >= 0 && at < samples.length ? (float) samples[at] : 0);
        }
    }

    private static OnnxTensor tensor(OrtSession.Result result, String name) {
        return (OnnxTensor) result.get(name)
                .orElseThrow(() -> new IllegalStateException("the voice activity detector has no output " + name));
    }

    private static FloatBuffer floats(int count) {
        return ByteBuffer.allocateDirect(count * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }
}
