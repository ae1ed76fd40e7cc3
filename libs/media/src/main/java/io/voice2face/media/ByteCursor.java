package io.voice2face.media;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a file's structure forwards, without holding it in memory; the end is an {@link EOFException}. */
final class ByteCursor implements Closeable {
    private final InputStream in;
    private long position;

    ByteCursor(Path file) throws IOException {
        this.in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    }

    long position() {
        return position;
    }

    int u8() throws IOException {
        int value = in.read();
        if (value < 0) {
            throw new EOFException();
        }
        position++;
        return value;
    }

    int u16le() throws IOException {
        int low = u8();
        return low | u8() << 8;
    }

    int u16be() throws IOException {
        int high = u8();
        return high << 8 | u8();
    }

    int u24le() throws IOException {
        int low = u16le();
        return low | u8() << 16;
    }

    long u32be() throws IOException {
        long high = u16be();
        return high << 16 | u16be();
    }

    long u32le() throws IOException {
        long low = u16le();
        return low | (long) u16le() << 16;
    }

    byte[] bytes(int count) throws IOException {
        byte[] read = in.readNBytes(count);
        position += read.length;
        if (read.length < count) {
            throw new EOFException();
        }
        return read;
    }

    void skip(long count) throws IOException {
        long left = count;
        while (left > 0) {
            long skipped = in.skip(left);
            if (skipped == 0) {
                u8();
                skipped = 1;
                position--;
            }
            left -= skipped;
            position += skipped;
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
