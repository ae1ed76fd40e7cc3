package io.voice2face.contracts.storage;

import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import io.voice2face.contracts.event.MediaKind;
import io.voice2face.contracts.event.ObjectRef;

/**
 * Types of storage-service's HTTP API. Every call carries {@code Authorization: Bearer <service token>}. Errors are
 * {@code application/problem+json} with a {@code reason}.
 */
public final class StorageApi {
    /** {@code POST}: {@link UploadRequest} → {@link UploadGrant}. */
    public static final String UPLOADS = "/api/v1/uploads";
    /** {@code POST}: {@link DownloadRequest} → {@link DownloadGrant}; 404 {@code object_missing}. */
    public static final String DOWNLOADS = "/api/v1/downloads";
    /**
     * {@code POST}: {@link Acceptance} → 204 once the stored bytes have been checked against the reference; 404
     * {@code object_missing}, 409 {@code checksum_mismatch}.
     */
    public static final String ACCEPTANCES = "/api/v1/acceptances";
    /** {@code DELETE /api/v1/requests/{requestId}/objects} → {@link Erasure}. */
    public static final String REQUESTS = "/api/v1/requests";

    private StorageApi() {}

    /**
     * Wish to put an object.
     *
     * @param requestId request that the object belongs to; empty for templates
     * @param size length in bytes, refused where it is over the limit of its kind
     */
    public record UploadRequest(String key, MediaKind kind, Optional<UUID> requestId, String contentType, long size) {}

    /**
     * Where to put it.
     *
     * @param url presigned URL for one HTTP PUT
     * @param headers headers that the PUT must carry
     */
    public record UploadGrant(URI url, Map<String, String> headers, Instant expiresAt) {}

    /**
     * Wish to read an object.
     *
     * @param audience who will follow the URL; a browser needs the public endpoint
     * @param contentType overrides the content type of the answer
     * @param contentDisposition overrides the content disposition of the answer
     */
    public record DownloadRequest(
            String key, Audience audience, Optional<String> contentType, Optional<String> contentDisposition) {}

    /** Who follows a presigned URL. */
    public enum Audience {
        SERVICE,
        PUBLIC
    }

    /** Where to read it, and what it is. */
    public record DownloadGrant(URI url, ObjectRef object, Instant expiresAt) {}

    /** Says that an object has been put; storage-service reads it, compares size and SHA-256 and registers it. */
    public record Acceptance(ObjectRef object, MediaKind kind, Optional<UUID> requestId) {}

    /** How many objects were erased. */
    public record Erasure(int objects) {}
}
