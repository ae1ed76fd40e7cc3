package io.voice2face.contracts.storage;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
    /**
     * {@code GET /api/v1/requests/{requestId}/objects} → {@link RequestObjects}; {@code DELETE} of the same →
     * {@link Erasure}.
     */
    public static final String REQUESTS = "/api/v1/requests";

    /** {@code GET /api/v1/maintenance} → {@link Maintenance}; {@code POST /api/v1/maintenance/{job}/runs} → {@link MaintenanceJob}. */
    public static final String MAINTENANCE = "/api/v1/maintenance";

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

    /** What is registered of a request. */
    public record RequestObjects(List<RegisteredObject> objects) {}

    /** A registered object. */
    public record RegisteredObject(MediaKind kind, ObjectRef object, Instant acceptedAt) {}

    /**
     * How long objects are kept, and when the scheduled jobs last ran.
     *
     * @param retention by kind; a kind that is not named is kept until it is erased
     */
    public record Maintenance(Map<MediaKind, Duration> retention, List<MaintenanceJob> jobs) {}

    /**
     * A scheduled job, shared by all instances.
     *
     * @param job {@code retention}, {@code orphans} or {@code audit}
     * @param every time between two runs
     * @param startedAt start of the last run; empty if there was none
     * @param finishedAt end of the last run that succeeded
     * @param handled objects that the last run deleted (retention, orphans) or found faulty (audit)
     * @param handledInAll the same over all runs
     * @param failure why the last run failed; empty if it did not
     */
    public record MaintenanceJob(
            String job,
            Duration every,
            Optional<Instant> startedAt,
            Optional<Instant> finishedAt,
            long handled,
            long handledInAll,
            Optional<String> failure) {}
}
