package io.voice2face.storage.api;

import java.time.Instant;
import java.util.UUID;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.storage.StorageApi;
import io.voice2face.storage.domain.Depot;
import io.voice2face.storage.domain.StorageFault;

/** Uploads, downloads, acceptances and what there is of a request. */
@Path("/")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
public class ObjectsResource {
    private final Depot depot;

    ObjectsResource(Depot depot) {
        this.depot = depot;
    }

    @POST
    @Path(StorageApi.UPLOADS)
    public Uni<StorageApi.UploadGrant> upload(StorageApi.UploadRequest wish) {
        requireAll(
                wish,
                wish == null ? null : wish.key(),
                wish == null ? null : wish.kind(),
                wish == null ? null : wish.contentType());
        return depot.grantUpload(wish)
                .map(grant -> new StorageApi.UploadGrant(grant.url(), grant.headers(), grant.expiresAt()));
    }

    @POST
    @Path(StorageApi.DOWNLOADS)
    public Uni<StorageApi.DownloadGrant> download(StorageApi.DownloadRequest wish) {
        requireAll(wish, wish == null ? null : wish.key(), wish == null ? null : wish.audience());
        return depot.grantDownload(wish);
    }

    @POST
    @Path(StorageApi.ACCEPTANCES)
    public Uni<Void> accept(StorageApi.Acceptance wish) {
        requireAll(wish, wish == null ? null : wish.object(), wish == null ? null : wish.kind());
        return depot.accept(wish);
    }

    @GET
    @Path(StorageApi.REQUESTS + "/{requestId}/objects")
    public Uni<StorageApi.RequestObjects> contents(UUID requestId) {
        return depot.contents(requestId)
                .map(rows -> new StorageApi.RequestObjects(rows.stream()
                        .map(row -> new StorageApi.RegisteredObject(row.kind(), row.reference(), row.acceptedAt()))
                        .toList()));
    }

    @DELETE
    @Path(StorageApi.REQUESTS + "/{requestId}/objects")
    public Uni<StorageApi.Erasure> erase(UUID requestId) {
        return depot.erase(requestId, Instant.now()).map(StorageApi.Erasure::new);
    }

    private static void requireAll(Object... values) {
        for (Object value : values) {
            if (value == null) {
                throw new StorageFault(StorageFault.Kind.INVALID, "invalid_request", "a required field is missing");
            }
        }
    }
}
