package io.voice2face.inference.tensor;

import java.nio.FloatBuffer;
import java.util.List;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfInt;

import io.voice2face.media.OpenCv;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;

/**
 * Takes a network's 1×3×H×W RGB output for a picture; the tensor is pinned, so that runs write straight into it. Belongs
 * to one worker.
 */
public final class TensorPicture implements AutoCloseable {
    static {
        OpenCv.load();
    }

    private final double scale;
    private final double offset;
    private final TensorBuffer buffer;
    private final List<Mat> planes;
    private final Mat floats;
    private final List<Mat> target;
    private final MatOfInt channelMap;

    /**
     * @param scale and {@code offset} bring the network's numbers into 0…1: {@code y = x·scale + offset}
     */
    public TensorPicture(OrtEnvironment environment, int width, int height, double scale, double offset) {
        this.scale = scale;
        this.offset = offset;
        this.buffer = new TensorBuffer(environment, 1, 3, height, width);
        this.planes =
                List.of(buffer.plane(0, height, width), buffer.plane(1, height, width), buffer.plane(2, height, width));
        this.floats = new Mat(height, width, CvType.CV_32FC3);
        this.target = List.of(floats);
        this.channelMap = new MatOfInt(2, 0, 1, 1, 0, 2);
    }

    /** The tensor to run into. */
    public OnnxTensor tensor() {
        return buffer.tensor();
    }

    /** The values, R, G and B plane; a run writes into them. */
    public FloatBuffer floats() {
        return buffer.floats();
    }

    /** What the last run wrote, as 8-bit BGR, rounded and cut to 0…255. */
    public void read(Mat bgr) {
        Core.mixChannels(planes, target, channelMap);
        floats.convertTo(bgr, CvType.CV_8U, 255 * scale, 255 * offset);
    }

    @Override
    public void close() {
        planes.forEach(Mat::release);
        floats.release();
        channelMap.release();
        buffer.close();
    }
}
