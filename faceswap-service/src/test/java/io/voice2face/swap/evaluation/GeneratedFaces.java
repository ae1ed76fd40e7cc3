package io.voice2face.swap.evaluation;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.opencv.core.CvType;
import org.opencv.core.Mat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;

/** Faces of our own generator as sources of the evaluation. */
final class GeneratedFaces {
    private static final float[][] PEOPLE = {{1, 24}, {-1, 31}, {1, 38}, {-1, 45}, {1, 55}, {-1, 62}, {1, 29}, {-1, 36}
    };

    private GeneratedFaces() {}

    /**
     * Draws faces whose skin has the tone that their identity gives them.
     *
     * @param model the generator's weights
     * @return 8-bit BGR, 512×512
     */
    static List<Mat> draw(Path model, int count) throws OrtException {
        return draw(model, new float[count], 4000);
    }

    /**
     * Draws one face of every tone, from the lightest to the darkest.
     *
     * @param model the generator's weights
     * @return 8-bit BGR, 512×512
     */
    static List<Mat> drawTones(Path model) throws OrtException {
        return draw(model, new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 4100);
    }

    /**
     * @param tones of the Monk scale, 0 for that of the identity
     * @param seed of the first identity
     */
    private static List<Mat> draw(Path model, float[] tones, long seed) throws OrtException {
        List<Mat> faces = new ArrayList<>();
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(model.toString(), new OrtSession.SessionOptions())) {
            TensorInfo identity =
                    (TensorInfo) session.getInputInfo().get("identity").getInfo();
            int width = (int) identity.getShape()[1];
            for (int i = 0; i < tones.length; i++) {
                float[] person = PEOPLE[i % PEOPLE.length];
                faces.add(draw(environment, session, person, tones[i], width, seed + i));
            }
        }
        return faces;
    }

    private static Mat draw(
            OrtEnvironment environment, OrtSession session, float[] person, float skinTone, int width, long seed)
            throws OrtException {
        Random random = new Random(seed);
        float[] z = new float[width];
        for (int i = 0; i < width; i++) {
            z[i] = (float) random.nextGaussian();
        }
        try (OnnxTensor gender = vector(environment, person[0]);
                OnnxTensor age = vector(environment, person[1]);
                OnnxTensor tone = vector(environment, skinTone);
                OnnxTensor identity = OnnxTensor.createTensor(environment, FloatBuffer.wrap(z), new long[] {1, width});
                OrtSession.Result result =
                        session.run(Map.of("gender", gender, "age", age, "skin_tone", tone, "identity", identity))) {
            FloatBuffer image = ((OnnxTensor) result.get("image").orElseThrow()).getFloatBuffer();
            return toMat(image, 512);
        }
    }

    private static OnnxTensor vector(OrtEnvironment environment, float value) throws OrtException {
        return OnnxTensor.createTensor(environment, FloatBuffer.wrap(new float[] {value}), new long[] {1});
    }

    private static Mat toMat(FloatBuffer rgb, int size) {
        int n = size * size;
        byte[] bytes = new byte[n * 3];
        for (int i = 0; i < n; i++) {
            for (int c = 0; c < 3; c++) {
                float value = rgb.get((2 - c) * n + i) * 255;
                bytes[i * 3 + c] = (byte) Math.round(Math.max(0, Math.min(255, value)));
            }
        }
        Mat mat = new Mat(size, size, CvType.CV_8UC3);
        mat.put(0, 0, bytes);
        return mat;
    }
}
