package io.voice2face.inference.swapper;

import java.nio.FloatBuffer;
import java.util.Map;

import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

import io.voice2face.inference.OnnxModel;
import io.voice2face.inference.tensor.Normalisation;
import io.voice2face.inference.tensor.PictureTensor;
import io.voice2face.inference.tensor.TensorBuffer;
import io.voice2face.media.OpenCv;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * BiSeNet: 512 × 512 RGB, ImageNet-normalised → 1×19×512×512; a pixel belongs to the class with the largest number.
 * Those of the manifest's {@code regions} count as face; without it skin, brows, eyes, glasses, nose, mouth and lips.
 */
public final class FaceParserMask implements CropMask {
    static {
        OpenCv.load();
    }

    private static final int[] FACE = {1, 2, 3, 4, 5, 6, 10, 11, 12, 13};

    private final OnnxModel model;
    private final int size;
    private final int classes;
    private final boolean[] wanted;
    private final PictureTensor input;
    private final TensorBuffer output;
    private final Mat resized = new Mat();
    private final Mat raw;
    private final Mat soft = new Mat();
    private final float[] scores;
    private final float[] best;
    private final float[] inside;

    public FaceParserMask(OnnxModel model) {
        this.model = model;
        ManifestReader manifest = new ManifestReader(model.pack());
        this.size = manifest.has("size") ? manifest.size() : 512;
        String in = model.inputNames().get(0);
        String out = model.outputNames().get(0);
        Shapes.requirePlanes(model, in, size);
        long[] shape = model.outputShape(out);
        this.classes = shape.length == 4 && shape[1] > 0 ? (int) shape[1] : 19;
        Shapes.require(model, out, shape, 1, classes, size, size);
        this.wanted = wanted(model, classes);
        this.input = new PictureTensor(
                model.environment(),
                size,
                size,
                PictureTensor.Layout.PLANES,
                PictureTensor.Channels.RGB,
                manifest.normalisation(Normalisation.imageNet()));
        this.output = new TensorBuffer(model.environment(), 1, classes, size, size);
        this.raw = new Mat(size, size, CvType.CV_32FC1);
        this.scores = new float[size * size];
        this.best = new float[size * size];
        this.inside = new float[size * size];
    }

    private static boolean[] wanted(OnnxModel model, int classes) {
        boolean[] wanted = new boolean[classes];
        JsonNode regions = model.pack().manifest().path("regions");
        if (regions.isMissingNode()) {
            for (int region : FACE) {
                if (region < classes) {
                    wanted[region] = true;
                }
            }
        }
        for (JsonNode region : regions) {
            if (!region.isInt() || region.intValue() < 0 || region.intValue() >= classes) {
                throw model.pack()
                        .fault("names the region %s, but its graph has %d classes".formatted(region, classes));
            }
            wanted[region.intValue()] = true;
        }
        return wanted;
    }

    @Override
    public void restrict(Mat crop, Mat mask) {
        Imgproc.resize(crop, resized, new Size(size, size), 0, 0, Imgproc.INTER_LINEAR);
        model.run(
                Map.of(model.inputNames().get(0), input.fill(resized)),
                Map.of(model.outputNames().get(0), output.tensor()));
        chooseClasses();
        raw.put(0, 0, inside);
        CropMasks.soften(raw, mask.cols(), soft);
        CropMasks.restrict(mask, soft);
    }

    /** One class after the other, since that is how they lie in memory. */
    private void chooseClasses() {
        FloatBuffer values = output.floats();
        for (int c = 0; c < classes; c++) {
            values.get(scores);
            float face = wanted[c] ? 1 : 0;
            for (int i = 0; i < scores.length; i++) {
                if (c == 0 || scores[i] > best[i]) {
                    best[i] = scores[i];
                    inside[i] = face;
                }
            }
        }
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
