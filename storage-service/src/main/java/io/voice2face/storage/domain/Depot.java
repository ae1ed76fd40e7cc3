package io.voice2face.storage.domain;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.ObjectKeys;
import io.voice2face.contracts.event.MediaKind;
import io.voice2face.contracts.event.ObjectRef;
import io.voice2face.contracts.event.Reasons;
import io.voice2face.contracts.storage.StorageApi;
import io.voice2face.messaging.MeshMetrics;
import io.voice2face.storage.objectstore.ObjectStore;

/** Keeps the register and the object store together: nothing is registered that has not been read and compared. */
@ApplicationScoped
public class Depot {
    private final ObjectStore store;
    private final ObjectRegister register;
    private final ObjectRules rules;
    private final MeshMetrics metrics;

    Depot(ObjectStore store, ObjectRegister register, ObjectRules rules, MeshMetrics metrics) {
        this.store = store;
        this.register = register;
        this.rules = rules;
        this.metrics = metrics;
    }

    /** A place to put an object. */
    public Uni<ObjectStore.PresignedPut> grantUpload(StorageApi.UploadRequest wish) {
        rules.check(wish.key(), wish.kind(), wish.requestId(), wish.contentType(), wish.size());
        return Panache.withSession(() -> refuseErased(wish.requestId()))
                .chain(() -> store.presignPut(wish.key(), wish.contentType()));
    }

    /** An object, and where to read it. */
    public Uni<StorageApi.DownloadGrant> grantDownload(StorageApi.DownloadRequest wish) {
        boolean forPublic = wish.audience() == StorageApi.Audience.PUBLIC;
        return Panache.withSession(() -> register.lookUp(wish.key()))
                .chain(row -> row.map(object -> reference(object))
                        // A worker may be faster than the register: what it was told of lies in the store already.
                        .orElseGet(
                                () -> forPublic ? Uni.createFrom().failure(missing(wish.key())) : inStore(wish.key())))
                .chain(object -> store.presignGet(
                                wish.key(),
                                forPublic,
                                wish.contentType().orElse(object.contentType()),
                                wish.contentDisposition())
                        .map(grant -> new StorageApi.DownloadGrant(grant.url(), object, grant.expiresAt())));
    }

    private static Uni<ObjectRef> reference(StoredObject object) {
        return object.isDamaged()
                ? Uni.createFrom()
                        .failure(new StorageFault(
                                StorageFault.Kind.CONFLICT,
                                Reasons.CHECKSUM_MISMATCH,
                                object.key() + " is not what it was when it was accepted"))
                : Uni.createFrom().item(object.reference());
    }

    private Uni<ObjectRef> inStore(String key) {
        return store.digest(key).map(content -> content.map(
                        found -> new ObjectRef(key, found.contentType(), found.size(), found.sha256()))
                .orElseThrow(() -> missing(key)));
    }

    /**
     * Reads what was put, compares size and SHA-256 with the reference, and registers it.
     *
     * @return fails with {@code object_missing}, {@code checksum_mismatch}, {@code request_erased} or what
     *     {@link ObjectRules} says
     */
    public Uni<Void> accept(StorageApi.Acceptance wish) {
        return keep(wish.requestId(), List.of(new Item(wish.kind(), wish.object())))
                .replaceWithVoid();
    }

    /** An object that someone says is there, and what it is. */
    public record Item(MediaKind kind, ObjectRef object) {}

    /**
     * Verifies all items and registers them in one transaction.
     *
     * @return time of the acceptance; the same when the same is said again
     */
    public Uni<Instant> keep(Optional<UUID> requestId, List<Item> items) {
        Uni<Void> verified = Uni.createFrom().voidItem();
        for (Item item : items) {
            verified = verified.chain(() -> verify(item, requestId));
        }
        return verified.chain(() -> Panache.withTransaction(() -> registerAll(requestId, items)));
    }

    private Uni<Void> verify(Item item, Optional<UUID> requestId) {
        ObjectRef object = item.object();
        rules.check(object.key(), item.kind(), requestId, object.contentType(), object.size());
        Instant begun = Instant.now();
        // The size first: nobody makes us read more than was announced.
        return store.size(object.key())
                .invoke(size -> {
                    long stored = size.orElseThrow(() -> missing(object.key()));
                    if (stored != object.size()) {
                        throw mismatch(object, stored + " bytes");
                    }
                })
                .chain(() -> store.digest(object.key()))
                .invoke(content -> {
                    ObjectStore.Content found = content.orElseThrow(() -> missing(object.key()));
                    if (found.size() != object.size() || !found.sha256().equals(object.sha256())) {
                        throw mismatch(object, found.size() + " bytes with SHA-256 " + found.sha256());
                    }
                })
                .invoke(() -> metrics.stage("verify", "succeeded", Duration.between(begun, Instant.now())))
                .onFailure(StorageFault.class)
                .invoke(() -> metrics.stage("verify", "rejected", Duration.between(begun, Instant.now())))
                .replaceWithVoid();
    }

    private Uni<Instant> registerAll(Optional<UUID> requestId, List<Item> items) {
        Instant now = Instant.now();
        Uni<Void> done = requestId
                .map(request -> register.lock(request).chain(() -> refuseErased(requestId)))
                .orElseGet(() -> Uni.createFrom().voidItem());
        for (Item item : items) {
            done = done.chain(() -> register.register(item.object(), item.kind(), requestId, now));
        }
        return done.chain(() -> register.lookUp(items.get(0).object().key()))
                .map(row -> row.map(StoredObject::acceptedAt).orElse(now));
    }

    /** True if other bytes than these have been accepted under the key since an instant. */
    public Uni<Boolean> isSuperseded(ObjectRef object, Instant announcedAt) {
        return Panache.withSession(() -> register.lookUp(object.key()))
                .map(row -> row.filter(kept -> !kept.reference().sha256().equals(object.sha256())
                                && kept.acceptedAt().isAfter(announcedAt))
                        .isPresent());
    }

    public Uni<Boolean> isErased(UUID requestId) {
        return Panache.withSession(() -> register.isErased(requestId));
    }

    /** What is registered of a request. */
    public Uni<List<StoredObject>> contents(UUID requestId) {
        return Panache.withSession(() -> register.ofRequest(requestId));
    }

    /**
     * Deletes every object and row of a request, and remembers that it is erased: what still arrives of it is not kept.
     *
     * @return number of objects that were in the store
     */
    public Uni<Integer> erase(UUID requestId, Instant at) {
        return Panache.withTransaction(() -> register.lock(requestId)
                        .chain(() -> register.rememberErasure(requestId, at))
                        .chain(() -> register.forgetRequest(requestId)))
                .chain(() -> store.deleteAll(ObjectKeys.requestPrefix(requestId)));
    }

    private Uni<Void> refuseErased(Optional<UUID> requestId) {
        return requestId
                .map(request -> register.isErased(request).invoke(erased -> {
                    if (erased) {
                        throw new StorageFault(
                                StorageFault.Kind.GONE, Reasons.REQUEST_ERASED, "the request has been erased");
                    }
                }))
                .map(Uni::replaceWithVoid)
                .orElseGet(() -> Uni.createFrom().voidItem());
    }

    private static StorageFault missing(String key) {
        return new StorageFault(StorageFault.Kind.MISSING, Reasons.OBJECT_MISSING, "there is no object " + key);
    }

    private static StorageFault mismatch(ObjectRef object, String found) {
        return new StorageFault(
                StorageFault.Kind.CONFLICT,
                Reasons.CHECKSUM_MISMATCH,
                "%s has %s, announced were %d bytes with SHA-256 %s"
                        .formatted(object.key(), found, object.size(), object.sha256()));
    }
}
