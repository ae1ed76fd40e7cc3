package io.voice2face.storage.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

import io.smallrye.mutiny.Uni;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.core.buffer.Buffer;
import io.vertx.mutiny.core.file.AsyncFile;
import io.vertx.mutiny.ext.web.client.HttpResponse;
import io.vertx.mutiny.ext.web.client.WebClient;
import io.vertx.mutiny.ext.web.codec.BodyCodec;
import io.voice2face.contracts.EventJson;
import io.voice2face.contracts.event.MediaKind;
import io.voice2face.contracts.event.ObjectRef;
import io.voice2face.contracts.event.Reasons;
import io.voice2face.contracts.storage.StorageApi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * Non-blocking client of storage-service. All methods retry outages (no answer, 5xx, 429) with back-off for as long as
 * the client's patience lasts, then fail with a {@link StorageException}.
 */
public final class StorageClient implements AutoCloseable {
    /** {@link StorageException#reason()} of an outage. */
    public static final String UNAVAILABLE = "storage_unavailable";

    private static final Duration FIRST_WAIT = Duration.ofMillis(200);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(3);

    private final Vertx vertx;
    private final WebClient http;
    private final URI service;
    private final String token;
    private final Duration patience;

    private StorageClient(Vertx vertx, WebClient http, URI service, String token, Duration patience) {
        this.vertx = vertx;
        this.http = http;
        this.service = service;
        this.token = token;
        this.patience = patience;
    }

    /**
     * @param url address of storage-service, for example {@code http://storage:8083}
     * @param token service token
     * @param patience how long outages are retried; zero to fail at once
     */
    public static StorageClient create(Vertx vertx, URI url, String token, Duration patience) {
        WebClient http = WebClient.create(
                vertx,
                new WebClientOptions()
                        .setConnectTimeout(3_000)
                        // an acceptance reads the whole object before it answers
                        .setIdleTimeout(120)
                        .setMaxPoolSize(32)
                        .setFollowRedirects(false));
        return new StorageClient(vertx, http, url, token, patience);
    }

    /**
     * Puts a file into storage. The file is hashed off the event loop and sent as a stream.
     *
     * @param key object key, see {@link io.voice2face.contracts.ObjectKeys}
     * @param requestId request that the object belongs to; empty for templates
     * @param contentType media type that the object will be served with
     * @return reference for an event or for {@link #accept}; the object is not registered before one of these
     */
    public Uni<ObjectRef> upload(String key, MediaKind kind, Optional<UUID> requestId, String contentType, Path file) {
        return hash(file)
                .map(hash -> new ObjectRef(key, contentType, hash.size(), hash.sha256()))
                .chain(object -> retried(() ->
                                grantUpload(object, kind, requestId).chain(grant -> put(grant, file, object.size())))
                        .replaceWith(object));
    }

    /**
     * Fetches an object into a new file of a folder and checks its size and SHA-256.
     *
     * @return the file, whose name ends as the key's; the caller deletes it. Fails with {@code object_missing} or
     *     {@code checksum_mismatch}, leaving no file behind.
     */
    public Uni<Path> download(ObjectRef object, Path folder) {
        return retried(() -> grant(object.key()).chain(grant -> get(grant, object, folder)));
    }

    /** Asks for a link to an object. */
    public Uni<StorageApi.DownloadGrant> grant(StorageApi.DownloadRequest request) {
        return retried(() -> grantOnce(request));
    }

    /**
     * Has an object that was put verified and registered at once.
     *
     * @return fails with {@code object_missing} or {@code checksum_mismatch}
     */
    public Uni<Void> accept(ObjectRef object, MediaKind kind, Optional<UUID> requestId) {
        return retried(() -> call(
                        HttpMethod.POST,
                        StorageApi.ACCEPTANCES,
                        Optional.of(new StorageApi.Acceptance(object, kind, requestId))))
                .replaceWithVoid();
    }

    /** Deletes everything of a request, objects and rows. */
    public Uni<StorageApi.Erasure> erase(UUID requestId) {
        return retried(
                () -> call(HttpMethod.DELETE, StorageApi.REQUESTS + "/" + requestId + "/objects", Optional.empty())
                        .map(answer -> read(answer, StorageApi.Erasure.class)));
    }

    @Override
    public void close() {
        http.close();
    }

    private Uni<StorageApi.UploadGrant> grantUpload(ObjectRef object, MediaKind kind, Optional<UUID> requestId) {
        return call(
                        HttpMethod.POST,
                        StorageApi.UPLOADS,
                        Optional.of(new StorageApi.UploadRequest(
                                object.key(), kind, requestId, object.contentType(), object.size())))
                .map(answer -> read(answer, StorageApi.UploadGrant.class));
    }

    private Uni<StorageApi.DownloadGrant> grant(String key) {
        return grantOnce(
                new StorageApi.DownloadRequest(key, StorageApi.Audience.SERVICE, Optional.empty(), Optional.empty()));
    }

    private Uni<StorageApi.DownloadGrant> grantOnce(StorageApi.DownloadRequest request) {
        return call(HttpMethod.POST, StorageApi.DOWNLOADS, Optional.of(request))
                .map(answer -> read(answer, StorageApi.DownloadGrant.class));
    }

    private Uni<Void> put(StorageApi.UploadGrant grant, Path file, long size) {
        return open(file, new OpenOptions().setRead(true).setWrite(false).setCreate(false))
                .chain(source -> {
                    var request = http.requestAbs(HttpMethod.PUT, grant.url().toString())
                            .putHeader("Content-Length", Long.toString(size));
                    grant.headers().forEach(request::putHeader);
                    Uni<HttpResponse<Buffer>> sent = size == 0 ? request.send() : request.sendStream(source);
                    return sent.eventually(() -> closeQuietly(source));
                })
                .onItem()
                .invoke(answer -> requireSuccess(answer, "the object store"))
                .replaceWithVoid();
    }

    private Uni<Path> get(StorageApi.DownloadGrant grant, ObjectRef object, Path folder) {
        Path file = folder.resolve(UUID.randomUUID() + "-" + fileName(object.key()));
        return open(file, new OpenOptions().setWrite(true).setCreateNew(true))
                .chain(sink -> http.getAbs(grant.url().toString())
                        .as(BodyCodec.pipe(sink))
                        .send())
                .invoke(answer -> requireSuccess(answer, "the object store"))
                .chain(answer -> hash(file))
                .invoke(hash -> requireSame(object, hash))
                .replaceWith(file)
                .onFailure()
                .call(() -> delete(file));
    }

    private Uni<HttpResponse<Buffer>> call(HttpMethod method, String path, Optional<Object> body) {
        var request = http.requestAbs(method, service.resolve(path).toString())
                .bearerTokenAuthentication(token)
                .putHeader("Accept", "application/json")
                .timeout(120_000);
        Uni<HttpResponse<Buffer>> sent = body.map(value ->
                        request.putHeader("Content-Type", "application/json").sendBuffer(Buffer.buffer(json(value))))
                .orElseGet(request::send);
        return sent.invoke(answer -> requireSuccess(answer, "storage-service"));
    }

    /** Repeats outages; everything else is given on. */
    private <T> Uni<T> retried(Supplier<Uni<T>> step) {
        Uni<T> once = Uni.createFrom().deferred(step::get).onFailure().transform(StorageClient::described);
        if (patience.isZero()) {
            return once;
        }
        return once.onFailure(failure -> failure instanceof StorageException storage && storage.isTransient())
                .retry()
                .withBackOff(FIRST_WAIT, LONGEST_WAIT)
                .withJitter(0.3)
                .expireIn(patience.toMillis())
                .onFailure(failure -> !(failure instanceof StorageException))
                .transform(StorageClient::described);
    }

    /** Gives every failure a reason; a retry that expired carries the last failure as its cause. */
    private static Throwable described(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StorageException) {
                return cause;
            }
        }
        if (failure instanceof UncheckedIOException || failure instanceof FileSystemException) {
            return failure;
        }
        return new StorageException(0, UNAVAILABLE, "storage cannot be reached: " + failure.getMessage(), failure);
    }

    private Uni<AsyncFile> open(Path file, OpenOptions options) {
        return vertx.fileSystem().open(file.toString(), options);
    }

    private static Uni<Void> closeQuietly(AsyncFile file) {
        // A stream that was sent to its end has closed the file already.
        return file.close().onFailure().recoverWithNull();
    }

    private Uni<Void> delete(Path file) {
        return vertx.<Void>executeBlocking(() -> {
            Files.deleteIfExists(file);
            return null;
        });
    }

    private record FileHash(long size, String sha256) {}

    private Uni<FileHash> hash(Path file) {
        return vertx.executeBlocking(
                () -> {
                    MessageDigest digest = sha256();
                    long size = 0;
                    try (InputStream in = Files.newInputStream(file)) {
                        byte[] buffer = new byte[64 * 1024];
                        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                            digest.update(buffer, 0, read);
                            size += read;
                        }
                    }
                    return new FileHash(size, HexFormat.of().formatHex(digest.digest()));
                },
                false);
    }

    private static void requireSame(ObjectRef object, FileHash hash) {
        if (hash.size() != object.size() || !hash.sha256().equals(object.sha256())) {
            throw new StorageException(
                    409,
                    Reasons.CHECKSUM_MISMATCH,
                    "%s has %d bytes with SHA-256 %s, expected were %d bytes with %s"
                            .formatted(object.key(), hash.size(), hash.sha256(), object.size(), object.sha256()));
        }
    }

    private static void requireSuccess(HttpResponse<?> answer, String who) {
        int status = answer.statusCode();
        if (status >= 200 && status < 300) {
            return;
        }
        String body = answer.body() instanceof Buffer buffer ? buffer.toString() : "";
        throw new StorageException(
                status,
                problem(body, "reason").orElse(status == 404 ? Reasons.OBJECT_MISSING : UNAVAILABLE),
                problem(body, "detail").orElse(who + " answered " + status));
    }

    private static Optional<String> problem(String body, String field) {
        if (!body.startsWith("{")) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(EventJson.mapper().readTree(body).get(field))
                    .filter(JsonNode::isTextual)
                    .map(JsonNode::textValue);
        } catch (JsonProcessingException notJson) {
            return Optional.empty();
        }
    }

    private static byte[] json(Object value) {
        try {
            return EventJson.mapper().writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an API record must always serialise", e);
        }
    }

    private static <T> T read(HttpResponse<Buffer> answer, Class<T> type) {
        try {
            return EventJson.mapper().readValue(answer.body().getBytes(), type);
        } catch (IOException e) {
            throw new StorageException(502, UNAVAILABLE, "storage-service answered something else", e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String fileName(String key) {
        return key.substring(key.lastIndexOf('/') + 1).replaceAll("[^A-Za-z0-9._-]", "_");
    }
}
