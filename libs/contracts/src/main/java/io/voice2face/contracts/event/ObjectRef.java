package io.voice2face.contracts.event;

import java.util.Objects;

/**
 * A claim check for bytes in object storage.
 *
 * @param key object key, for example {@code requests/{requestId}/{resultId}/voice/face.png}
 * @param contentType media type, for example {@code image/png}
 * @param size length in bytes
 * @param sha256 lower-case hex SHA-256 of the bytes, 64 characters
 */
public record ObjectRef(String key, String contentType, long size, String sha256) {
    public ObjectRef {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(contentType, "contentType");
        Objects.requireNonNull(sha256, "sha256");
        if (size < 0) {
            throw new IllegalArgumentException("size must not be negative: " + size);
        }
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("sha256 must be 64 lower-case hex digits");
        }
    }
}
