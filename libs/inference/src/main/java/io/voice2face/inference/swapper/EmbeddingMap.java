package io.voice2face.inference.swapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

import io.voice2face.inference.ModelPack;
import io.voice2face.inference.ProtobufFields;

/**
 * inswapper's emap: a square matrix by which embeddings are multiplied before the graph sees them. It is the last
 * initialiser of the graph, which ONNX Runtime's Java API does not give out, so it is read from the protobuf; or it is a
 * side file of little-endian float32, row by row.
 */
final class EmbeddingMap {
    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int TENSOR_DIMS = 1;
    private static final int TENSOR_TYPE = 2;
    private static final int TENSOR_FLOATS = 4;
    private static final int TENSOR_RAW = 9;
    private static final int FLOAT = 1;

    private final float[] values;
    private final int side;

    private EmbeddingMap(float[] values) {
        this.values = values;
        this.side = (int) Math.round(Math.sqrt(values.length));
    }

    /** From the graph's last initialiser. */
    static EmbeddingMap ofGraph(ModelPack pack) {
        ByteBuffer model = map(pack);
        ByteBuffer last = null;
        ProtobufFields fields = new ProtobufFields(model);
        while (fields.next()) {
            if (fields.number() == MODEL_GRAPH && fields.isBytes()) {
                ProtobufFields graph = new ProtobufFields(fields.bytes());
                while (graph.next()) {
                    if (graph.number() == GRAPH_INITIALIZER && graph.isBytes()) {
                        last = graph.bytes();
                    }
                }
            }
        }
        if (last == null) {
            throw pack.fault("asks for the emap of its graph, which has no initialisers");
        }
        return of(pack, floats(pack, last));
    }

    /** From a file of the pack. */
    static EmbeddingMap ofFile(ModelPack pack, String file) {
        ByteBuffer bytes = ByteBuffer.wrap(pack.read(file)).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[bytes.remaining() / 4];
        bytes.asFloatBuffer().get(values);
        return of(pack, values);
    }

    private static EmbeddingMap of(ModelPack pack, float[] values) {
        EmbeddingMap map = new EmbeddingMap(values);
        if (values.length == 0 || map.side * map.side != values.length) {
            throw pack.fault("has an emap of %d numbers, which is no square matrix".formatted(values.length));
        }
        return map;
    }

    private static ByteBuffer map(ModelPack pack) {
        if (pack.path().isEmpty()) {
            return ByteBuffer.wrap(pack.weights());
        }
        // graphs of half a gigabyte stay on disk
        try (FileChannel channel = FileChannel.open(pack.path().get(), StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static float[] floats(ModelPack pack, ByteBuffer tensor) {
        Optional<ByteBuffer> data = Optional.empty();
        long type = FLOAT;
        int dimensions = 0;
        ProtobufFields fields = new ProtobufFields(tensor);
        while (fields.next()) {
            if (fields.number() == TENSOR_DIMS) {
                dimensions++;
            } else if (fields.number() == TENSOR_TYPE) {
                type = fields.varint();
            } else if ((fields.number() == TENSOR_RAW || fields.number() == TENSOR_FLOATS) && fields.isBytes()) {
                data = Optional.of(fields.bytes());
            }
        }
        if (type != FLOAT || data.isEmpty()) {
            throw pack.fault("asks for the emap of its graph, whose last initialiser (%d dimensions) is not float32 "
                            .formatted(dimensions)
                    + "inside the file");
        }
        ByteBuffer bytes = data.get().order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[bytes.remaining() / 4];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    int side() {
        return side;
    }

    /** embedding · emap */
    float[] apply(float[] embedding) {
        if (embedding.length != side) {
            throw new IllegalArgumentException("%d numbers for an emap of %d".formatted(embedding.length, side));
        }
        double[] sums = new double[side];
        for (int row = 0; row < side; row++) {
            double factor = embedding[row];
            for (int column = 0; column < side; column++) {
                sums[column] += factor * values[row * side + column];
            }
        }
        float[] mapped = new float[side];
        for (int i = 0; i < side; i++) {
            mapped[i] = (float) sums[i];
        }
        return mapped;
    }
}
