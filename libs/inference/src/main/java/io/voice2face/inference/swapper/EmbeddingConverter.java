package io.voice2face.inference.swapper;

import java.nio.FloatBuffer;
import java.util.Map;

import io.voice2face.inference.OnnxModel;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

/** Carries a raw embedding of one encoder into the space that a swapper was trained on. Thread-safe. */
public final class EmbeddingConverter {
    private final OnnxModel model;

    public EmbeddingConverter(OnnxModel model) {
        this.model = model;
    }

    public float[] convert(float[] raw) {
        try (OnnxTensor input = OnnxTensor.createTensor(
                        model.environment(), FloatBuffer.wrap(raw), new long[] {1, raw.length});
                OrtSession.Result result = model.run(Map.of(model.inputNames().get(0), input))) {
            FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] converted = new float[values.remaining()];
            values.get(converted);
            return converted;
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
