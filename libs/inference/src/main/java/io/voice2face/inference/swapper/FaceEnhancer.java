package io.voice2face.inference.swapper;

import java.nio.DoubleBuffer;
import java.util.HashMap;
import java.util.Map;

import org.opencv.core.Core;
import org.opencv.core.Mat;
import org.opencv.core.Scalar;

import io.voice2face.inference.OnnxModel;
import io.voice2face.inference.tensor.Normalisation;
import io.voice2face.inference.tensor.PictureTensor;
import io.voice2face.inference.tensor.TensorPicture;
import io.voice2face.media.OpenCv;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;

/**
 * GFPGAN, CodeFormer, RestoreFormer++, GPEN: 512 × 512 RGB (x/255 − ½)/½ by template ffhq_512, output −1…1. An input
 * named {@code weight} (CodeFormer's fidelity, float64) gets the manifest's {@code weight}, 1 if it has none. Belongs to
 * one worker.
 */
public final class FaceEnhancer implements AutoCloseable {
    static {
        OpenCv.load();
    }

    private static final String WEIGHT = "weight";

    private final OnnxModel model;
    private final double blend;
    private final int size;
    private final WarpTemplate template;
    private final PictureTensor input;
    private final TensorPicture output;
    private final Map<String, OnnxTensor> inputs = new HashMap<>();
    private final String picture;
    private final Mat crop = new Mat();
    private final Mat mask;
    private final Mat faded = new Mat();
    private final Mat enhanced = new Mat();

    /** @param blend 0–1, share of the enhanced picture */
    public FaceEnhancer(OnnxModel model, double blend, double maskBlur) {
        this.model = model;
        this.blend = blend;
        ManifestReader manifest = new ManifestReader(model.pack());
        this.size = manifest.has("size") ? manifest.size() : 512;
        this.template = manifest.has("template") ? manifest.template() : WarpTemplate.FFHQ_512;
        this.picture = model.inputNames().stream()
                .filter(n -> !n.equals(WEIGHT))
                .findFirst()
                .orElseThrow(() -> model.pack().fault("has a graph without a picture as input"));
        Shapes.requirePlanes(model, picture, size);
        this.input = new PictureTensor(
                model.environment(),
                size,
                size,
                PictureTensor.Layout.PLANES,
                PictureTensor.Channels.RGB,
                manifest.normalisation(Normalisation.signed()));
        ManifestReader out = manifest.child("output");
        this.output =
                new TensorPicture(model.environment(), size, size, out.number("scale", 0.5), out.number("offset", 0.5));
        if (model.inputNames().contains(WEIGHT)) {
            inputs.put(WEIGHT, weight(manifest.number(WEIGHT, 1)));
        }
        this.mask = CropMasks.box(size, maskBlur);
        Core.multiply(mask, Scalar.all(blend), mask);
    }

    private OnnxTensor weight(double value) {
        long[] shape = model.inputShape(WEIGHT);
        try {
            return OnnxTensor.createTensor(
                    model.environment(),
                    DoubleBuffer.wrap(new double[] {value}),
                    shape.length == 0 ? new long[0] : new long[] {1});
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Enhances a face in place.
     *
     * @param opacity 0–1, on top of the blend
     */
    public void enhance(Mat bgr, FivePoints face, double opacity) {
        if (blend == 0 || opacity == 0) {
            return;
        }
        AlignmentCrop alignment = template.fit(face, size);
        alignment.cut(bgr, crop);
        inputs.put(picture, input.fill(crop));
        model.run(inputs, Map.of(model.outputNames().get(0), output.tensor()));
        output.read(enhanced);
        Core.multiply(mask, Scalar.all(opacity), faded);
        alignment.paste(bgr, enhanced, faded);
    }

    @Override
    public void close() {
        inputs.values().stream().filter(t -> t != inputs.get(picture)).forEach(OnnxTensor::close);
        crop.release();
        mask.release();
        faded.release();
        enhanced.release();
        input.close();
        output.close();
    }
}
