package io.voice2face.storage.objectstore;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;

import io.minio.BucketExistsArgs;
import io.minio.GetObjectArgs;
import io.minio.GetPresignedObjectUrlArgs;
import io.minio.Http;
import io.minio.ListObjectsArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.RemoveObjectArgs;
import io.minio.RemoveObjectsArgs;
import io.minio.Result;
import io.minio.SetBucketPolicyArgs;
import io.minio.StatObjectArgs;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import io.minio.messages.DeleteRequest;
import io.minio.messages.DeleteResult;
import io.minio.messages.Item;
import io.smallrye.mutiny.Uni;
import io.voice2face.messaging.OutageException;
import io.voice2face.messaging.WorkerPool;
import io.voice2face.storage.config.StorageSettings;

import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;

/**
 * The bucket, through the MinIO client. Its calls block, so they run on threads of their own; the Unis complete on the
 * caller's context. Failures to reach the store are {@link OutageException}s.
 */
@ApplicationScoped
public class ObjectStore {
    private static final Set<String> MISSING = Set.of("NoSuchKey", "NoSuchObject", "NoSuchBucket", "ResourceNotFound");
    private static final int DELETE_BATCH = 500;

    private final StorageSettings.S3 settings;
    private final MinioClient client;
    private final MinioClient publicSigner;
    private final WorkerPool workers;

    ObjectStore(StorageSettings settings) {
        this.settings = settings.s3();
        int threads = settings.workers().s3();
        OkHttpClient http = new OkHttpClient.Builder()
                .connectTimeout(Duration.ofSeconds(3))
                .readTimeout(Duration.ofSeconds(30))
                .writeTimeout(Duration.ofSeconds(30))
                .connectionPool(new ConnectionPool(threads, 1, TimeUnit.MINUTES))
                .build();
        this.client = clientFor(this.settings.endpoint(), http);
        this.publicSigner = clientFor(this.settings.publicEndpoint().orElse(this.settings.endpoint()), http);
        this.workers = new WorkerPool("s3", threads, settings.workers().s3Queue(), Duration.ofSeconds(5));
    }

    private MinioClient clientFor(URI endpoint, OkHttpClient http) {
        return MinioClient.builder()
                .endpoint(endpoint.toString())
                // Without a region, signing would ask the store for it.
                .region(settings.region())
                .credentials(settings.accessKey(), settings.secretKey())
                .httpClient(http)
                .build();
    }

    /** Name of the bucket. */
    public String bucket() {
        return settings.bucket();
    }

    /** Address of the store. */
    public URI endpoint() {
        return settings.endpoint();
    }

    /** True if the bucket is there. */
    public Uni<Boolean> hasBucket() {
        return call(() -> client.bucketExists(
                BucketExistsArgs.builder().bucket(settings.bucket()).build()));
    }

    /**
     * Makes the bucket if it is missing and closes it to everyone but the holder of the credentials.
     *
     * @return the code with which the store refused the policy, if it did: a bucket without one is private unless
     *     someone opened it
     */
    public Uni<Optional<String>> prepareBucket() {
        return call(() -> {
            if (!client.bucketExists(
                    BucketExistsArgs.builder().bucket(settings.bucket()).build())) {
                client.makeBucket(
                        MakeBucketArgs.builder().bucket(settings.bucket()).build());
            }
            try {
                client.setBucketPolicy(SetBucketPolicyArgs.builder()
                        .bucket(settings.bucket())
                        .config(BucketPolicy.withoutAnonymous(settings.bucket()))
                        .build());
                return Optional.empty();
            } catch (ErrorResponseException refused) {
                return Optional.of(refused.errorResponse().code());
            }
        });
    }

    /** A URL and what must be sent along. */
    public record PresignedPut(URI url, Map<String, String> headers, Instant expiresAt) {}

    /**
     * URL for a PUT under a key. The signature binds the key, not the type and the length: the size is compared before
     * an object is accepted, and links to it carry the accepted type.
     */
    public Uni<PresignedPut> presignPut(String key, String contentType) {
        return call(() -> {
            Instant expiresAt = Instant.now().plus(settings.uploadExpiry());
            String url = client.getPresignedObjectUrl(GetPresignedObjectUrlArgs.builder()
                    .method(Http.Method.PUT)
                    .bucket(settings.bucket())
                    .object(key)
                    .expiry((int) settings.uploadExpiry().toSeconds())
                    .build());
            return new PresignedPut(URI.create(url), Map.of("Content-Type", contentType), expiresAt);
        });
    }

    /** A URL to read. */
    public record PresignedGet(URI url, Instant expiresAt) {}

    /**
     * URL for reading.
     *
     * @param forPublic true to sign for the address that browsers reach
     * @param contentType content type of the answer
     * @param contentDisposition content disposition of the answer, if it is to have one
     */
    public Uni<PresignedGet> presignGet(
            String key, boolean forPublic, String contentType, Optional<String> contentDisposition) {
        return call(() -> {
            Map<String, String> overrides = new HashMap<>();
            overrides.put("response-content-type", contentType);
            contentDisposition.ifPresent(value -> overrides.put("response-content-disposition", value));
            Instant expiresAt = Instant.now().plus(settings.downloadExpiry());
            String url = (forPublic ? publicSigner : client)
                    .getPresignedObjectUrl(GetPresignedObjectUrlArgs.builder()
                            .method(Http.Method.GET)
                            .bucket(settings.bucket())
                            .object(key)
                            .expiry((int) settings.downloadExpiry().toSeconds())
                            .extraQueryParams(overrides)
                            .build());
            return new PresignedGet(URI.create(url), expiresAt);
        });
    }

    /**
     * What the bytes of an object are.
     *
     * @param size length in bytes
     * @param sha256 lower-case hex
     * @param contentType media type that it was put with
     */
    public record Content(long size, String sha256, String contentType) {}

    /** Reads an object as a stream and digests it; empty if there is none. */
    public Uni<Optional<Content>> digest(String key) {
        return call(() -> {
            try (var in = client.getObject(GetObjectArgs.builder()
                    .bucket(settings.bucket())
                    .object(key)
                    .build())) {
                Optional<String> type = Optional.ofNullable(in.headers().get("Content-Type"));
                return Optional.of(digest(in, type.orElse("application/octet-stream")));
            } catch (ErrorResponseException refused) {
                if (isMissing(refused)) {
                    return Optional.empty();
                }
                throw refused;
            }
        });
    }

    /** Length of an object in bytes; empty if there is none. */
    public Uni<Optional<Long>> size(String key) {
        return call(() -> {
            try {
                return Optional.of(client.statObject(StatObjectArgs.builder()
                                .bucket(settings.bucket())
                                .object(key)
                                .build())
                        .size());
            } catch (ErrorResponseException refused) {
                if (isMissing(refused)) {
                    return Optional.empty();
                }
                throw refused;
            }
        });
    }

    /** Deletes objects; those that are not there any more are no failure. */
    public Uni<Void> delete(Collection<String> keys) {
        if (keys.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return call(() -> {
            deleteNow(keys);
            return null;
        });
    }

    /**
     * Deletes everything whose key begins with a prefix.
     *
     * @return number of objects
     */
    public Uni<Integer> deleteAll(String prefix) {
        return call(() -> {
            int deleted = 0;
            List<String> batch = new ArrayList<>();
            for (Result<Item> result : listNow(prefix, Optional.empty(), Integer.MAX_VALUE)) {
                batch.add(result.get().objectName());
                if (batch.size() == DELETE_BATCH) {
                    deleteNow(batch);
                    deleted += batch.size();
                    batch.clear();
                }
            }
            deleteNow(batch);
            return deleted + batch.size();
        });
    }

    /** A listed object. */
    public record Listed(String key, Instant lastModified) {}

    /** One page of the bucket in the order of the keys, after a key. */
    public Uni<List<Listed>> page(Optional<String> after, int limit) {
        return call(() -> {
            List<Listed> page = new ArrayList<>();
            for (Result<Item> result : listNow("", after, limit)) {
                Item item = result.get();
                page.add(new Listed(item.objectName(), item.lastModified().toInstant()));
                if (page.size() == limit) {
                    break;
                }
            }
            return page;
        });
    }

    private Iterable<Result<Item>> listNow(String prefix, Optional<String> after, int limit) {
        ListObjectsArgs.Builder query = ListObjectsArgs.builder()
                .bucket(settings.bucket())
                .prefix(prefix)
                .recursive(true)
                .maxKeys(Math.min(limit, 1000));
        after.ifPresent(query::startAfter);
        return client.listObjects(query.build());
    }

    private void deleteNow(Collection<String> keys) throws MinioException {
        if (keys.size() == 1) {
            client.removeObject(RemoveObjectArgs.builder()
                    .bucket(settings.bucket())
                    .object(keys.iterator().next())
                    .build());
            return;
        }
        if (keys.isEmpty()) {
            return;
        }
        // The result is lazy: objects are deleted while it is read.
        for (Result<DeleteResult.Error> error : client.removeObjects(RemoveObjectsArgs.builder()
                .bucket(settings.bucket())
                .objects(keys.stream().map(DeleteRequest.Object::new).toList())
                .build())) {
            DeleteResult.Error refused = error.get();
            if (!MISSING.contains(refused.code())) {
                throw new IllegalStateException(
                        "the object store did not delete " + refused.objectName() + ": " + refused.code());
            }
        }
    }

    private static Content digest(InputStream in, String contentType) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[64 * 1024];
        long size = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            digest.update(buffer, 0, read);
            size += read;
        }
        return new Content(size, HexFormat.of().formatHex(digest.digest()), contentType);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static boolean isMissing(ErrorResponseException refused) {
        return MISSING.contains(refused.errorResponse().code());
    }

    private <T> Uni<T> call(Callable<T> work) {
        return workers.run(work)
                .onFailure(ObjectStore::isOutage)
                .transform(failure -> new OutageException(
                        "the object store at %s cannot be used: %s"
                                .formatted(settings.endpoint(), failure.getMessage()),
                        failure));
    }

    /** The client wraps what happened on the connection; a 5xx is the store's own trouble. */
    private static boolean isOutage(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException) {
                return true;
            }
            if (cause instanceof ErrorResponseException refused
                    && refused.response() != null
                    && refused.response().code() >= 500) {
                return true;
            }
        }
        return failure instanceof io.minio.errors.ServerException;
    }

    @PreDestroy
    void close() throws Exception {
        workers.close();
        client.close();
        publicSigner.close();
    }
}
