package io.voice2face.inference.face;

import org.opencv.core.CvException;
import org.opencv.core.MatOfByte;
import org.opencv.dnn.Dnn;
import org.opencv.dnn.Net;

import io.voice2face.inference.ModelKind;
import io.voice2face.inference.ModelPack;

/** Reads the TensorFlow Lite networks of model packs into OpenCV. */
final class TfliteNets {
    private TfliteNets() {}

    static Net read(ModelPack pack, ModelKind kind) {
        if (pack.kind() != kind) {
            throw new IllegalArgumentException("%s is not of kind %s".formatted(pack, kind.label()));
        }
        MatOfByte bytes = new MatOfByte(pack.weights());
        try {
            return Dnn.readNetFromTFLite(bytes);
        } catch (CvException e) {
            throw pack.fault("has weights that OpenCV cannot load ("
                    + e.getMessage().lines().findFirst().orElse("") + ")");
        } finally {
            bytes.release();
        }
    }
}
