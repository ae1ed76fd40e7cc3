package io.voice2face.media;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * A GIF's blocks, read without decoding a picture (GIF89a specification and the NETSCAPE2.0 loop extension).
 *
 * @param width of the logical screen
 * @param height of the logical screen
 * @param frames number of pictures
 * @param centiseconds of one pass, with the delays that browsers (and FFmpeg) use: less than 2 counts as 10
 * @param loops 0 for ever, 1 once
 */
record GifStructure(int width, int height, int frames, long centiseconds, int loops) {
    private static final int LEAST_DELAY = 2;
    private static final int USUAL_DELAY = 10;

    static GifStructure read(MediaFile file, VisualLimits limits) {
        try (ByteCursor in = new ByteCursor(file.path())) {
            return new Parser(in, limits).parse();
        } catch (EOFException e) {
            throw Faults.TARGET.broken("the GIF is cut off");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Parser {
        private final ByteCursor in;
        private final VisualLimits limits;
        private int frames;
        private long centiseconds;
        private int loops = 1;
        private int delay;

        Parser(ByteCursor in, VisualLimits limits) {
            this.in = in;
            this.limits = limits;
        }

        GifStructure parse() throws IOException {
            in.skip(6);
            int width = in.u16le();
            int height = in.u16le();
            if (width == 0 || height == 0) {
                throw Faults.TARGET.unreadable("the GIF has no size");
            }
            MediaInput.checkSize(width, height, limits, Faults.TARGET);
            int flags = in.u8();
            in.skip(2);
            skipColours(flags);
            while (true) {
                int block = in.u8();
                if (block == 0x3B) {
                    break;
                } else if (block == 0x21) {
                    extension();
                } else if (block == 0x2C) {
                    picture();
                } else if (block != 0) {
                    throw Faults.TARGET.broken("the GIF has a block of unknown kind");
                }
            }
            if (frames == 0) {
                throw Faults.TARGET.unreadable("the GIF holds no pictures");
            }
            return new GifStructure(width, height, frames, centiseconds, loops);
        }

        private void picture() throws IOException {
            in.skip(4);
            int width = in.u16le();
            int height = in.u16le();
            MediaInput.checkSize(width, height, limits, Faults.TARGET);
            skipColours(in.u8());
            in.skip(1);
            skipSubBlocks();
            frames++;
            centiseconds += delay < LEAST_DELAY ? USUAL_DELAY : delay;
            delay = 0;
            if (frames > limits.maxFrames()) {
                throw Faults.TARGET.tooLong("it has more than %d pictures".formatted(limits.maxFrames()));
            }
            if (centiseconds * 10 > limits.maxDuration().toMillis() + 100) {
                throw Faults.TARGET.tooLong(
                        "it lasts more than %d s".formatted(limits.maxDuration().toSeconds()));
            }
        }

        private void extension() throws IOException {
            int label = in.u8();
            int length = in.u8();
            if (label == 0xF9 && length == 4) {
                in.skip(1);
                delay = in.u16le();
                in.skip(1);
            } else if (label == 0xFF && length == 11) {
                String name = new String(in.bytes(11), StandardCharsets.ISO_8859_1);
                if (name.equals("NETSCAPE2.0") || name.equals("ANIMEXTS1.0")) {
                    loopCount();
                    return;
                }
            } else {
                in.skip(length);
                if (length == 0) {
                    return;
                }
            }
            skipSubBlocks();
        }

        private void loopCount() throws IOException {
            int length = in.u8();
            if (length == 3 && in.u8() == 1) {
                int again = in.u16le();
                loops = again == 0 ? 0 : again + 1;
            } else if (length > 0) {
                in.skip(length == 3 ? 2 : length);
            } else {
                return;
            }
            skipSubBlocks();
        }

        private void skipColours(int flags) throws IOException {
            if ((flags & 0x80) != 0) {
                in.skip(3L << (flags & 7) + 1);
            }
        }

        private void skipSubBlocks() throws IOException {
            for (int length = in.u8(); length != 0; length = in.u8()) {
                in.skip(length);
            }
        }
    }
}
