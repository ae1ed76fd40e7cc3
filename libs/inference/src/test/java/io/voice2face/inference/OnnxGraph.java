package io.voice2face.inference;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes small ONNX graphs (field numbers of onnx.proto3, opset 17), so that a test knows every weight of the model that
 * it runs.
 */
public final class OnnxGraph {
    private static final int FLOAT = 1;
    private static final int INT64 = 7;
    private static final int DOUBLE = 11;

    private final Message graph = new Message();
    private int nodes;

    public OnnxGraph() {
        graph.text(2, "test");
    }

    public OnnxGraph input(String name, long... shape) {
        graph.message(11, tensorInfo(name, FLOAT, shape));
        return this;
    }

    public OnnxGraph doubleInput(String name, long... shape) {
        graph.message(11, tensorInfo(name, DOUBLE, shape));
        return this;
    }

    public OnnxGraph output(String name, long... shape) {
        graph.message(12, tensorInfo(name, FLOAT, shape));
        return this;
    }

    public OnnxGraph floats(String name, float[] values, long... shape) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        graph.message(5, tensor(name, FLOAT, raw.array(), shape));
        return this;
    }

    public OnnxGraph longs(String name, long... values) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
        raw.asLongBuffer().put(values);
        graph.message(5, tensor(name, INT64, raw.array(), values.length));
        return this;
    }

    /** A node; several inputs are parted by commas. */
    public OnnxGraph node(String type, String inputs, String output, Attribute... attributes) {
        Message node = new Message();
        for (String input : inputs.split(",")) {
            node.text(1, input.strip());
        }
        node.text(2, output);
        node.text(3, "node" + nodes++);
        node.text(4, type);
        for (Attribute attribute : attributes) {
            node.message(5, attribute.message);
        }
        graph.message(1, node);
        return this;
    }

    public byte[] bytes() {
        Message opset = new Message();
        opset.text(1, "");
        opset.number(2, 17);
        Message model = new Message();
        model.number(1, 8);
        model.text(2, "voice2face tests");
        model.message(7, graph);
        model.message(8, opset);
        return model.out.toByteArray();
    }

    public static Attribute number(String name, long value) {
        Attribute attribute = new Attribute(name, 2);
        attribute.message.number(3, value);
        return attribute;
    }

    public static Attribute numbers(String name, long... values) {
        Attribute attribute = new Attribute(name, 7);
        for (long value : values) {
            attribute.message.number(8, value);
        }
        return attribute;
    }

    /** An attribute of a node. */
    public static final class Attribute {
        private final Message message = new Message();

        private Attribute(String name, int type) {
            message.text(1, name);
            message.number(20, type);
        }
    }

    private static Message tensorInfo(String name, int elementType, long... shape) {
        Message lengths = new Message();
        for (long length : shape) {
            Message dimension = new Message();
            if (length >= 0) {
                dimension.number(1, length);
            } else {
                dimension.text(2, "n" + -length);
            }
            lengths.message(1, dimension);
        }
        Message tensor = new Message();
        tensor.number(1, elementType);
        tensor.message(2, lengths);
        Message type = new Message();
        type.message(1, tensor);
        Message info = new Message();
        info.text(1, name);
        info.message(2, type);
        return info;
    }

    private static Message tensor(String name, int elementType, byte[] raw, long... shape) {
        Message tensor = new Message();
        for (long length : shape) {
            tensor.number(1, length);
        }
        tensor.number(2, elementType);
        tensor.text(8, name);
        tensor.bytes(9, raw);
        return tensor;
    }

    /** A protobuf message in the making. */
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        void number(int field, long value) {
            varint((long) field << 3);
            varint(value);
        }

        void text(int field, String value) {
            bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        void message(int field, Message value) {
            bytes(field, value.out.toByteArray());
        }

        void bytes(int field, byte[] value) {
            varint((long) field << 3 | 2);
            varint(value.length);
            out.writeBytes(value);
        }

        private void varint(long value) {
            long left = value;
            while ((left & ~0x7FL) != 0) {
                out.write((int) (left & 0x7F | 0x80));
                left >>>= 7;
            }
            out.write((int) left);
        }
    }
}
