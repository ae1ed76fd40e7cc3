package io.voice2face.media;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Whether a clip's container is all there, told by the lengths it declares: demuxers end early in silence when it is not.
 */
final class ContainerStructure {
    private static final long EBML = 0x1A45DFA3L;
    private static final long SEGMENT = 0x18538067L;
    /** Boxes without whose end pictures or sound are missing. */
    private static final Set<String> WEIGHTY = Set.of("mdat", "moov", "moof");

    private ContainerStructure() {}

    /** @throws MediaException {@code broken_target} if the file ends before its container */
    static void requireWhole(MediaFile file) {
        try (ByteCursor in = new ByteCursor(file.path())) {
            switch (file.format()) {
                case MP4 -> boxes(in, file.bytes());
                case MATROSKA -> segment(in, file.bytes());
                default -> {
                    // GIFs and stills have checks of their own
                }
            }
        } catch (EOFException e) {
            throw Faults.TARGET.broken("it is cut off");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** ISO/IEC 14496-12, 4.2: size (32 bits; 1: 64 bits follow; 0: up to the end), type, content. */
    private static void boxes(ByteCursor in, long fileBytes) throws IOException {
        while (fileBytes - in.position() >= 8) {
            long start = in.position();
            long size = in.u32be();
            String type = new String(in.bytes(4), StandardCharsets.ISO_8859_1);
            if (size == 1) {
                size = in.u32be() << 32 | in.u32be();
            }
            if (size == 0 || size > 1 && size < 8) {
                return;
            }
            if (size < 0 || size > fileBytes - start) {
                if (WEIGHTY.contains(type)) {
                    throw Faults.TARGET.broken("it is cut off");
                }
                return;
            }
            in.skip(start + size - in.position());
        }
    }

    /** RFC 8794: an element is id, size and content; a size of ones only is not known (live recordings). */
    private static void segment(ByteCursor in, long fileBytes) throws IOException {
        if (in.u32be() != EBML) {
            return;
        }
        in.skip(Math.max(0, size(in)));
        if (in.u32be() != SEGMENT) {
            return;
        }
        long size = size(in);
        if (size > fileBytes - in.position()) {
            throw Faults.TARGET.broken("it is cut off");
        }
    }

    /** −1 if not known. */
    private static long size(ByteCursor in) throws IOException {
        int first = in.u8();
        int length = Integer.numberOfLeadingZeros(first) - 23;
        if (length > 8) {
            return -1;
        }
        long value = first & (1 << 8 - length) - 1;
        long unknown = (1L << 7 * length) - 1;
        for (int i = 1; i < length; i++) {
            value = value << 8 | in.u8();
        }
        return value == unknown ? -1 : value;
    }
}
