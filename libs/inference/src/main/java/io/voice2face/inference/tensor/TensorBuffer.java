package io.voice2face.inference.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

import org.opencv.core.CvType;
import org.opencv.core.Mat;

import io.voice2face.media.OpenCv;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;

/**
 * A float32 tensor over memory of its own, which serves as input or as pinned output of many runs. Belongs to one worker.
 */
public final class TensorBuffer implements AutoCloseable {
    private static final int FLOAT_BYTES = 4;

    private final long[] shape;
    // a Mat keeps no reference to the buffer under it: this field does
    private final ByteBuffer bytes;
    private final OnnxTensor tensor;

    public TensorBuffer(OrtEnvironment environment, long... shape) {
        OpenCv.load();
        this.shape = shape.clone();
        long elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        this.bytes = ByteBuffer.allocateDirect(Math.toIntExact(elements * FLOAT_BYTES))
                .order(ByteOrder.nativeOrder());
        try {
            this.tensor = OnnxTensor.createTensor(environment, bytes.asFloatBuffer(), shape);
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    public OnnxTensor tensor() {
        return tensor;
    }

    public long[] shape() {
        return shape.clone();
    }

    /** The values, from the first on; writes go into the tensor. */
    public FloatBuffer floats() {
        return bytes.asFloatBuffer();
    }

    /**
     * A part of the values as a single-channel Mat that shares the memory.
     *
     * @param index of the part: the channel, where the shape is 1×C×H×W
     */
    public Mat plane(int index, int rows, int columns) {
        int planeBytes = rows * columns * FLOAT_BYTES;
        return new Mat(rows, columns, CvType.CV_32FC1, slice(index * planeBytes, planeBytes));
    }

    /** All values as an interleaved Mat that shares the memory (shape 1×H×W×C). */
    public Mat interleaved(int rows, int columns, int channels) {
        return new Mat(rows, columns, CvType.CV_32FC(channels), slice(0, rows * columns * channels * FLOAT_BYTES));
    }

    private ByteBuffer slice(int from, int length) {
        ByteBuffer part = bytes.duplicate();
        part.position(from).limit(from + length);
        return part.slice().order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        tensor.close();
    }
}
