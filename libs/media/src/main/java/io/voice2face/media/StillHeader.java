package io.voice2face.media;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * What a PNG, JPEG or WebP says of itself before it is decoded, and whether it is all there: decoders fill what lacks
 * with grey and say nothing.
 *
 * @param width pixels as stored
 * @param height pixels as stored
 * @param sidesSwapped EXIF orientation 5–8: shown with width and height exchanged
 */
record StillHeader(int width, int height, boolean sidesSwapped) {

    int shownWidth() {
        return sidesSwapped ? height : width;
    }

    int shownHeight() {
        return sidesSwapped ? width : height;
    }

    static StillHeader read(MediaFile file, VisualLimits limits) {
        try (ByteCursor in = new ByteCursor(file.path())) {
            return switch (file.format()) {
                case PNG -> png(in, limits);
                case JPEG -> jpeg(in, limits);
                case WEBP -> webp(in, limits, file.bytes());
                default -> throw new IllegalArgumentException(file.format() + " is no still picture");
            };
        } catch (EOFException e) {
            throw Faults.TARGET.broken("the picture is cut off");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static StillHeader sized(long width, long height, boolean swapped, VisualLimits limits) {
        if (width <= 0 || height <= 0) {
            throw Faults.TARGET.unreadable("the picture has no size");
        }
        int w = (int) Math.min(width, Integer.MAX_VALUE);
        int h = (int) Math.min(height, Integer.MAX_VALUE);
        MediaInput.checkSize(w, h, limits, Faults.TARGET);
        return new StillHeader(w, h, swapped);
    }

    /** PNG specification, section 5: chunks with a CRC each, from IHDR to IEND. */
    private static StillHeader png(ByteCursor in, VisualLimits limits) throws IOException {
        in.skip(8);
        StillHeader header = null;
        while (true) {
            long length = in.u32be();
            byte[] type = in.bytes(4);
            String name = new String(type, StandardCharsets.ISO_8859_1);
            if (header == null) {
                if (!name.equals("IHDR") || length != 13) {
                    throw Faults.TARGET.unreadable("the PNG does not begin with its header");
                }
                byte[] data = in.bytes(13);
                header = sized(int32(data, 0), int32(data, 4), false, limits);
                checkCrc(type, data, in.u32be());
                continue;
            }
            if (length > limits.maxBytes()) {
                throw Faults.TARGET.broken("the PNG has a chunk of impossible length");
            }
            skipChecked(in, type, length);
            if (name.equals("IEND")) {
                return header;
            }
            if (name.equals("acTL")) {
                throw Faults.TARGET.unsupported("an animated PNG");
            }
        }
    }

    private static void skipChecked(ByteCursor in, byte[] type, long length) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(type);
        for (long left = length; left > 0; ) {
            byte[] part = in.bytes((int) Math.min(left, 1 << 16));
            crc.update(part);
            left -= part.length;
        }
        if (crc.getValue() != in.u32be()) {
            throw Faults.TARGET.broken("a checksum of the PNG is wrong");
        }
    }

    private static void checkCrc(byte[] type, byte[] data, long wanted) {
        CRC32 crc = new CRC32();
        crc.update(type);
        crc.update(data);
        if (crc.getValue() != wanted) {
            throw Faults.TARGET.broken("a checksum of the PNG is wrong");
        }
    }

    private static long int32(byte[] data, int at) {
        return (data[at] & 0xFFL) << 24
                | (data[at + 1] & 0xFF) << 16
                | (data[at + 2] & 0xFF) << 8
                | data[at + 3] & 0xFF;
    }

    /** ITU-T T.81, annex B: markers, then entropy-coded data in which FF is followed by 00 or RSTn. */
    private static StillHeader jpeg(ByteCursor in, VisualLimits limits) throws IOException {
        in.skip(2);
        StillHeader header = null;
        boolean swapped = false;
        int marker = nextMarker(in);
        while (marker != 0xD9) {
            int length = in.u16be() - 2;
            if (length < 0) {
                throw Faults.TARGET.broken("the JPEG has a segment of impossible length");
            }
            if (marker == 0xE1) {
                int orientation = exifOrientation(in.bytes(length));
                swapped |= orientation >= 5 && orientation <= 8;
            } else if (isFrameHeader(marker) && length >= 5) {
                in.skip(1);
                int height = in.u16be();
                header = sized(in.u16be(), height, swapped, limits);
                in.skip(length - 5);
            } else {
                in.skip(length);
            }
            marker = marker == 0xDA ? afterScan(in) : nextMarker(in);
        }
        if (header == null) {
            throw Faults.TARGET.unreadable("the JPEG has no picture");
        }
        return new StillHeader(header.width, header.height, swapped);
    }

    private static boolean isFrameHeader(int marker) {
        return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    }

    private static int nextMarker(ByteCursor in) throws IOException {
        int value = in.u8();
        if (value != 0xFF) {
            throw Faults.TARGET.broken("the JPEG has no marker where one must be");
        }
        while (value == 0xFF) {
            value = in.u8();
        }
        return value;
    }

    private static int afterScan(ByteCursor in) throws IOException {
        while (true) {
            if (in.u8() == 0xFF) {
                int value = in.u8();
                while (value == 0xFF) {
                    value = in.u8();
                }
                if (value != 0 && (value < 0xD0 || value > 0xD7)) {
                    return value;
                }
            }
        }
    }

    /** EXIF 2.3, tag 0x0112 of IFD0; 1 where there is none. */
    static int exifOrientation(byte[] app1) {
        byte[] name = {'E', 'x', 'i', 'f', 0, 0};
        if (app1.length < 14 || !Arrays.equals(app1, 0, 6, name, 0, 6)) {
            return 1;
        }
        java.nio.ByteBuffer tiff =
                java.nio.ByteBuffer.wrap(app1, 6, app1.length - 6).slice();
        tiff.order(app1[6] == 'I' ? java.nio.ByteOrder.LITTLE_ENDIAN : java.nio.ByteOrder.BIG_ENDIAN);
        int directory = tiff.getInt(4);
        if (directory < 8 || directory + 2 > tiff.limit()) {
            return 1;
        }
        int entries = tiff.getShort(directory) & 0xFFFF;
        for (int i = 0; i < entries; i++) {
            int at = directory + 2 + 12 * i;
            if (at + 12 > tiff.limit()) {
                return 1;
            }
            if ((tiff.getShort(at) & 0xFFFF) == 0x0112) {
                return tiff.getShort(at + 8);
            }
        }
        return 1;
    }

    /** WebP container specification; lossy, lossless and extended still pictures. */
    private static StillHeader webp(ByteCursor in, VisualLimits limits, long fileBytes) throws IOException {
        in.skip(4);
        if (in.u32le() + 8 > fileBytes) {
            throw new EOFException();
        }
        in.skip(4);
        String chunk = new String(in.bytes(4), StandardCharsets.ISO_8859_1);
        in.skip(4);
        switch (chunk) {
            case "VP8 " -> {
                in.skip(6);
                int width = in.u16le() & 0x3FFF;
                return sized(width, in.u16le() & 0x3FFF, false, limits);
            }
            case "VP8L" -> {
                in.skip(1);
                long bits = in.u32le();
                return sized((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, false, limits);
            }
            case "VP8X" -> {
                int flags = in.u8();
                if ((flags & 2) != 0) {
                    throw Faults.TARGET.unsupported("an animated WebP");
                }
                in.skip(3);
                int width = in.u24le() + 1;
                return sized(width, in.u24le() + 1, false, limits);
            }
            default -> throw Faults.TARGET.unreadable("the WebP has no picture");
        }
    }
}
