package io.voice2face.media;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A local regular file whose size is within bounds and whose first bytes name a known format. */
record MediaFile(Path path, MediaFormat format, long bytes) {

    static MediaFile check(Path path, long maxBytes, Faults faults) {
        if (!Files.isRegularFile(path)) {
            throw faults.unreadable("there is no such file");
        }
        try {
            long bytes = Files.size(path);
            if (bytes == 0) {
                throw faults.unreadable("it is empty");
            }
            if (bytes > maxBytes) {
                throw faults.tooLarge("it has %d bytes, at most %d are taken".formatted(bytes, maxBytes));
            }
            MediaFormat format = MediaFormat.of(path)
                    .orElseThrow(() -> faults.unreadable("its first bytes belong to no known media format"));
            if (format == MediaFormat.HEIF) {
                throw faults.unsupported("a HEIC or AVIF picture; jpg, png and webp are taken");
            }
            return new MediaFile(path, format, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
