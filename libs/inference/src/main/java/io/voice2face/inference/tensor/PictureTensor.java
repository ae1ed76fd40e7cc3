package io.voice2face.inference.tensor;

import java.util.List;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfInt;
import org.opencv.core.Scalar;

import io.voice2face.media.OpenCv;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;

/** Fills a picture into a network's input tensor; allocates nothing after its making. Belongs to one worker. */
public final class PictureTensor implements AutoCloseable {
    static {
        OpenCv.load();
    }

    /** Where the colours lie. */
    public enum Layout {
        /** 1×3×H×W */
        PLANES,
        /** 1×H×W×3 */
        INTERLEAVED
    }

    /** Which colour comes first. */
    public enum Channels {
        RGB(2, 1, 0),
        BGR(0, 1, 2);

        private final int[] fromBgr;

        Channels(int... fromBgr) {
            this.fromBgr = fromBgr;
        }
    }

    private final int width;
    private final int height;
    private final Normalisation normalisation;
    private final TensorBuffer buffer;
    private final List<Mat> targets;
    private final MatOfInt channelMap;
    private final Mat floats;
    private final List<Mat> source;

    public PictureTensor(
            OrtEnvironment environment,
            int width,
            int height,
            Layout layout,
            Channels channels,
            Normalisation normalisation) {
        this.width = width;
        this.height = height;
        this.normalisation = normalisation;
        this.buffer = layout == Layout.PLANES
                ? new TensorBuffer(environment, 1, 3, height, width)
                : new TensorBuffer(environment, 1, height, width, 3);
        this.targets = layout == Layout.PLANES
                ? List.of(
                        buffer.plane(0, height, width), buffer.plane(1, height, width), buffer.plane(2, height, width))
                : List.of(buffer.interleaved(height, width, 3));
        this.floats = new Mat();
        this.source = List.of(floats);
        int[] from = channels.fromBgr;
        this.channelMap = new MatOfInt(from[0], 0, from[1], 1, from[2], 2);
    }

    /**
     * @param bgr 8-bit BGR of the tensor's size
     * @return the tensor, which is overwritten by the next call
     */
    public OnnxTensor fill(Mat bgr) {
        if (bgr.cols() != width || bgr.rows() != height || bgr.type() != CvType.CV_8UC3) {
            throw new IllegalArgumentException("%s for a tensor of %d × %d".formatted(bgr, width, height));
        }
        if (normalisation.isUniform()) {
            bgr.convertTo(floats, CvType.CV_32F, normalisation.factor(0), normalisation.offset(0));
            Core.mixChannels(source, targets, channelMap);
        } else {
            bgr.convertTo(floats, CvType.CV_32F);
            Core.mixChannels(source, targets, channelMap);
            scaleEachChannel();
        }
        return buffer.tensor();
    }

    private void scaleEachChannel() {
        if (targets.size() == 1) {
            Mat all = targets.get(0);
            Scalar factors = new Scalar(normalisation.factor(0), normalisation.factor(1), normalisation.factor(2));
            Scalar offsets = new Scalar(normalisation.offset(0), normalisation.offset(1), normalisation.offset(2));
            Core.multiply(all, factors, all);
            Core.add(all, offsets, all);
            return;
        }
        for (int c = 0; c < 3; c++) {
            targets.get(c).convertTo(targets.get(c), CvType.CV_32F, normalisation.factor(c), normalisation.offset(c));
        }
    }

    @Override
    public void close() {
        targets.forEach(Mat::release);
        channelMap.release();
        floats.release();
        buffer.close();
    }
}
