package io.voice2face.inference.swapper;

import java.util.Map;

import org.opencv.core.Mat;

import io.voice2face.inference.OnnxModel;
import io.voice2face.inference.tensor.Normalisation;
import io.voice2face.inference.tensor.PictureTensor;
import io.voice2face.inference.tensor.TensorBuffer;
import io.voice2face.media.OpenCv;

/**
 * A face's identity as numbers. Without other words in the manifest the contract is ArcFace w600k_r50's: 112 × 112,
 * template arcface_112_v2, RGB x/127.5 − 1. Belongs to one worker; the model is shared.
 */
public final class IdentityEncoder implements AutoCloseable {
    static {
        OpenCv.load();
    }

    private final OnnxModel model;
    private final WarpTemplate template;
    private final int size;
    private final PictureTensor input;
    private final TensorBuffer output;
    private final Mat crop = new Mat();

    public IdentityEncoder(OnnxModel model) {
        this.model = model;
        ManifestReader manifest = new ManifestReader(model.pack());
        this.size = manifest.has("size") ? manifest.size() : 112;
        this.template = manifest.has("template") ? manifest.template() : WarpTemplate.ARCFACE_112_V2;
        Shapes.requirePlanes(model, model.inputNames().get(0), size);
        this.input = new PictureTensor(
                model.environment(),
                size,
                size,
                PictureTensor.Layout.PLANES,
                PictureTensor.Channels.RGB,
                manifest.normalisation(Normalisation.signed()));
        this.output = new TensorBuffer(
                model.environment(),
                1,
                Shapes.lastLength(model, model.outputNames().get(0), 512));
    }

    /** @param bgr 8-bit BGR */
    public FaceIdentity encode(Mat bgr, FivePoints face) {
        template.fit(face, size).cut(bgr, crop);
        model.run(
                Map.of(model.inputNames().get(0), input.fill(crop)),
                Map.of(model.outputNames().get(0), output.tensor()));
        float[] raw = new float[(int) output.shape()[1]];
        output.floats().get(raw);
        return new FaceIdentity(raw);
    }

    @Override
    public void close() {
        crop.release();
        input.close();
        output.close();
    }
}
