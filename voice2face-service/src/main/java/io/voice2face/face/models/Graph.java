package io.voice2face.face.models;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

import io.voice2face.contracts.event.ModelUse;
import io.voice2face.inference.OnnxModel;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

/** A graph with float32 inputs and outputs, called with arrays. Thread-safe. */
public record Graph(OnnxModel model) {

    /**
     * Runs the graph.
     *
     * @param inputs row-major values by input name, as many as the input's shape holds
     * @param outputs names of the outputs to return
     * @return row-major values by output name
     */
    public Map<String, float[]> run(Map<String, float[]> inputs, String... outputs) {
        Map<String, long[]> shapes = new HashMap<>();
        inputs.keySet().forEach(name -> shapes.put(name, model.inputShape(name)));
        return run(inputs, shapes, outputs);
    }

    /** The same where the graph leaves lengths of its inputs open. */
    public Map<String, float[]> run(Map<String, float[]> inputs, Map<String, long[]> shapes, String... outputs) {
        Map<String, OnnxTensor> tensors = new HashMap<>();
        try {
            for (Map.Entry<String, float[]> input : inputs.entrySet()) {
                tensors.put(
                        input.getKey(),
                        OnnxTensor.createTensor(
                                model.environment(), FloatBuffer.wrap(input.getValue()), shapes.get(input.getKey())));
            }
            try (OrtSession.Result result = model.run(tensors)) {
                Map<String, float[]> values = new HashMap<>();
                for (String output : outputs) {
                    OnnxTensor tensor = (OnnxTensor) result.get(output)
                            .orElseThrow(() -> new IllegalStateException(model.pack() + " has no output " + output));
                    FloatBuffer buffer = tensor.getFloatBuffer();
                    float[] array = new float[buffer.remaining()];
                    buffer.get(array);
                    values.put(output, array);
                }
                return values;
            }
        } catch (OrtException e) {
            throw new IllegalStateException(
                    "%s does not take inputs %s: %s".formatted(model.pack(), describe(inputs), e.getMessage()), e);
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    /** What events say about the model. */
    public ModelUse use() {
        return new ModelUse(
                model.pack().kind().label(),
                model.pack().id(),
                model.pack().version(),
                model.provider().used().label());
    }

    private static String describe(Map<String, float[]> inputs) {
        Map<String, String> sizes = new HashMap<>();
        inputs.forEach((name, values) -> sizes.put(name, Arrays.toString(new int[] {values.length})));
        return sizes.toString();
    }
}
