package io.voice2face.face.generation;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes the smallest graph with a voice-to-face contract: the picture's every value is the mean of the input,
 * ReduceMean → Expand. Only the fields of ONNX's protobuf schema that this needs.
 */
final class TinyOnnx {
    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    private TinyOnnx() {}

    /**
     * A model file.
     *
     * @param input name of the input
     * @param inputShape its lengths; −1 for one that is left open
     * @param side pixels of an edge of the picture
     */
    static byte[] meanPicture(String input, List<Integer> inputShape, int side) {
        Message graph = new Message()
                .message(1, node("ReduceMean", List.of(input), "mean"))
                .message(1, node("Expand", List.of("mean", "shape"), "picture"))
                .text(2, "mean-picture")
                .message(5, shape("shape", List.of(1, 3, side, side)))
                .message(11, value(input, inputShape))
                .message(12, value("picture", List.of(1, 3, side, side)));
        return new Message()
                .number(1, 8)
                .message(7, graph)
                .message(8, new Message().text(1, "").number(2, 13))
                .bytes();
    }

    private static Message node(String type, List<String> inputs, String output) {
        Message node = new Message();
        inputs.forEach(name -> node.text(1, name));
        Message result = node.text(2, output).text(4, type);
        if (type.equals("ReduceMean")) {
            // The rank stays one that expands to a picture, whatever the input's is.
            return result.message(
                    5, new Message().text(1, "keepdims").number(3, 0).number(20, 2));
        }
        return result;
    }

    private static Message shape(String name, List<Integer> lengths) {
        Message tensor = new Message().number(1, lengths.size()).number(2, INT64);
        lengths.forEach(length -> tensor.number(7, length));
        return tensor.text(8, name);
    }

    private static Message value(String name, List<Integer> lengths) {
        Message shape = new Message();
        for (int length : lengths) {
            shape.message(1, length < 0 ? new Message().text(2, "n") : new Message().number(1, length));
        }
        Message tensor = new Message().number(1, FLOAT).message(2, shape);
        return new Message().text(1, name).message(2, new Message().message(1, tensor));
    }

    /** A protobuf message under construction. */
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message number(int field, long value) {
            varint(field << 3);
            varint(value);
            return this;
        }

        Message text(int field, String value) {
            return raw(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return raw(field, value.bytes());
        }

        byte[] bytes() {
            return out.toByteArray();
        }

        private Message raw(int field, byte[] bytes) {
            varint(field << 3 | 2);
            varint(bytes.length);
            out.writeBytes(bytes);
            return this;
        }

        private void varint(long value) {
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                out.write((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
        }
    }
}
