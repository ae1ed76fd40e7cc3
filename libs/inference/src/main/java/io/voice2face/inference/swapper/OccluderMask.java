package io.voice2face.inference.swapper;

import java.util.Map;

import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

import io.voice2face.inference.OnnxModel;
import io.voice2face.inference.tensor.Normalisation;
import io.voice2face.inference.tensor.PictureTensor;
import io.voice2face.inference.tensor.TensorBuffer;
import io.voice2face.media.OpenCv;

/** XSeg: 1×256×256×3 BGR/255 → 1×256×256×1, 1 where the face is to be seen, 0 where something hides it. */
public final class OccluderMask implements CropMask {
    static {
        OpenCv.load();
    }

    private final OnnxModel model;
    private final int size;
    private final PictureTensor input;
    private final TensorBuffer output;
    private final Mat resized = new Mat();
    private final Mat raw;
    private final Mat soft = new Mat();

    public OccluderMask(OnnxModel model) {
        this.model = model;
        ManifestReader manifest = new ManifestReader(model.pack());
        this.size = manifest.has("size") ? manifest.size() : 256;
        String in = model.inputNames().get(0);
        String out = model.outputNames().get(0);
        Shapes.require(model, in, model.inputShape(in), 1, size, size, 3);
        Shapes.require(model, out, model.outputShape(out), 1, size, size, 1);
        this.input = new PictureTensor(
                model.environment(),
                size,
                size,
                PictureTensor.Layout.INTERLEAVED,
                PictureTensor.Channels.BGR,
                manifest.normalisation(Normalisation.unit()));
        this.output = new TensorBuffer(model.environment(), 1, size, size, 1);
        this.raw = output.plane(0, size, size);
    }

    @Override
    public void restrict(Mat crop, Mat mask) {
        Imgproc.resize(crop, resized, new Size(size, size), 0, 0, Imgproc.INTER_LINEAR);
        model.run(
                Map.of(model.inputNames().get(0), input.fill(resized)),
                Map.of(model.outputNames().get(0), output.tensor()));
        CropMasks.soften(raw, mask.cols(), soft);
        CropMasks.restrict(mask, soft);
    }

    @Override
    public void close() {
        resized.release();
        raw.release();
        soft.release();
        input.close();
        output.close();
    }
}
