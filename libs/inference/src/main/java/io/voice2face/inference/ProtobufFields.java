package io.voice2face.inference;

import java.nio.ByteBuffer;

/**
 * Walks through the fields of one protobuf message (Protocol Buffers encoding), copying nothing. What ONNX Runtime's Java
 * API does not give out of a graph can be read so.
 */
public final class ProtobufFields {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final ByteBuffer message;
    private int number;
    private int wire;
    private long varint;
    private ByteBuffer bytes;

    /**
     * @param message one whole message, from the buffer's position to its limit, which are left as they are
     */
    public ProtobufFields(ByteBuffer message) {
        this.message = message.duplicate();
    }

    /**
     * Goes on to the next field; false at the end of the message.
     *
     * @throws IllegalArgumentException where this is no message: a wire type that does not exist
     * @throws RuntimeException where the message ends within a field
     */
    public boolean next() {
        if (!message.hasRemaining()) {
            return false;
        }
        long tag = readVarint();
        number = (int) (tag >>> 3);
        wire = (int) (tag & 7);
        switch (wire) {
            case VARINT -> varint = readVarint();
            case FIXED64 -> skip(8);
            case BYTES -> {
                int length = Math.toIntExact(readVarint());
                bytes = message.slice(message.position(), length);
                skip(length);
            }
            case FIXED32 -> skip(4);
            default -> throw new IllegalArgumentException("protobuf wire type " + wire);
        }
        return true;
    }

    /** The field's number in its message type. */
    public int number() {
        return number;
    }

    /** Whether the field is a string, bytes or a message. */
    public boolean isBytes() {
        return wire == BYTES;
    }

    /** Value of the last field that was a number of varying length (int32, int64, bool, enum), in 64 bits. */
    public long varint() {
        return varint;
    }

    /** Content of the last field that was a string, bytes or a message: a view of it, from 0, in network order. */
    public ByteBuffer bytes() {
        return bytes;
    }

    private void skip(int count) {
        message.position(message.position() + count);
    }

    private long readVarint() {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte part = message.get();
            value |= (long) (part & 0x7F) << shift;
            if (part >= 0) {
                return value;
            }
        }
    }
}
