package io.voice2face.swap.evaluation;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;

import org.opencv.core.Mat;

import io.voice2face.inference.face.MeshLandmarks;
import io.voice2face.inference.swapper.FivePoints;
import io.voice2face.inference.swapper.WarpTemplate;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

/**
 * An identity encoder that takes no part in the product and so can judge it: {@code fr_feature.onnx} of the npm package
 * faceplugin-face-recognition-js 0.0.1. Input 1×3×112×112 RGB, (x − 127)/128, aligned as ArcFace; output 512 values.
 */
final class JudgingEncoder implements AutoCloseable {
    private static final int SIDE = 112;

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    JudgingEncoder(Path model) throws OrtException {
        session = environment.createSession(model.toString(), new OrtSession.SessionOptions());
    }

    /** Embedding of unit length of the face with these landmarks. */
    float[] embed(Mat bgr, float[] xyz) throws OrtException {
        Mat crop = new Mat();
        WarpTemplate.ARCFACE_112_V2
                .fit(FivePoints.of(new MeshLandmarks(xyz.clone(), 1)), SIDE)
                .cut(bgr, crop);
        byte[] bytes = new byte[SIDE * SIDE * 3];
        crop.get(0, 0, bytes);
        crop.release();
        int n = SIDE * SIDE;
        FloatBuffer input = FloatBuffer.allocate(n * 3);
        for (int i = 0; i < n; i++) {
            for (int c = 0; c < 3; c++) {
                input.put((2 - c) * n + i, ((bytes[i * 3 + c] & 255) - 127) / 128f);
            }
        }
        try (OnnxTensor tensor = OnnxTensor.createTensor(environment, input, new long[] {1, 3, SIDE, SIDE});
                OrtSession.Result result = session.run(Map.of("input", tensor))) {
            float[] values = new float[512];
            ((OnnxTensor) result.get(0)).getFloatBuffer().get(values);
            return unit(values);
        }
    }

    private static float[] unit(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value * value;
        }
        float scale = (float) (1 / Math.sqrt(sum));
        for (int i = 0; i < values.length; i++) {
            values[i] *= scale;
        }
        return values;
    }

    static double cosine(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
