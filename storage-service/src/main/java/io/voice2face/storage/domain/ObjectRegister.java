package io.voice2face.storage.domain;

import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;

import org.hibernate.reactive.mutiny.Mutiny;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;
import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.event.MediaKind;
import io.voice2face.contracts.event.ObjectRef;

/** The rows of what is kept. All methods need a session; those that write need a transaction. */
@ApplicationScoped
public class ObjectRegister implements PanacheRepositoryBase<StoredObject, String> {

    /**
     * Keeps others from registering or erasing anything of the same request until the transaction ends; so an erasure
     * and a late acceptance cannot pass each other unseen.
     */
    public Uni<Void> lock(UUID requestId) {
        return session(session -> session.createNativeQuery("select 1 from pg_advisory_xact_lock(:high, :low)")
                        .setParameter("high", (int) (requestId.getMostSignificantBits() >>> 32))
                        .setParameter("low", (int) requestId.getLeastSignificantBits())
                        .getResultList())
                .replaceWithVoid();
    }

    public Uni<Boolean> isErased(UUID requestId) {
        return session(session -> session.createNativeQuery(
                                "select count(*) from erased_request where request_id = :request", Long.class)
                        .setParameter("request", requestId)
                        .getSingleResult())
                .map(count -> count > 0);
    }

    public Uni<Void> rememberErasure(UUID requestId, Instant at) {
        return update(
                        "insert into erased_request (request_id, erased_at) values (:request, :at) on conflict do nothing",
                        query -> query.setParameter("request", requestId).setParameter("at", at))
                .replaceWithVoid();
    }

    /** Writes the row of verified bytes; the same bytes again change nothing, others replace the row. */
    public Uni<Void> register(ObjectRef object, MediaKind kind, Optional<UUID> requestId, Instant now) {
        return update(
                        """
                        insert into stored_object
                            (object_key, kind, request_id, content_type, size_bytes, sha256, accepted_at, audited_at)
                        values (:key, :kind, cast(:request as uuid), :type, :size, :sha256, :now, :now)
                        on conflict (object_key) do update set
                            kind = excluded.kind, content_type = excluded.content_type,
                            size_bytes = excluded.size_bytes, sha256 = excluded.sha256,
                            accepted_at = excluded.accepted_at, audited_at = excluded.audited_at, damaged = false
                        where stored_object.sha256 <> excluded.sha256 or stored_object.damaged
                            or stored_object.content_type <> excluded.content_type
                        """,
                        query -> query.setParameter("key", object.key())
                                .setParameter("kind", kind.name())
                                .setParameter(
                                        "request", requestId.map(UUID::toString).orElse(null))
                                .setParameter("type", object.contentType())
                                .setParameter("size", object.size())
                                .setParameter("sha256", object.sha256())
                                .setParameter("now", now))
                .replaceWithVoid();
    }

    public Uni<Optional<StoredObject>> lookUp(String key) {
        return findById(key).map(Optional::ofNullable);
    }

    public Uni<List<StoredObject>> ofRequest(UUID requestId) {
        return list("requestId = ?1 order by key", requestId);
    }

    public Uni<Long> forgetRequest(UUID requestId) {
        return delete("requestId", requestId);
    }

    public Uni<Long> forget(Collection<String> keys) {
        return keys.isEmpty() ? Uni.createFrom().item(0L) : delete("key in ?1", keys);
    }

    /** Rows of a kind that were accepted before an instant; locked, and none that another instance has locked. */
    public Uni<List<StoredObject>> takeExpired(MediaKind kind, Instant before, int limit) {
        return session(session -> session.createSelectionQuery(
                        "from StoredObject where kind = :kind and requestId is not null and acceptedAt < :before order by acceptedAt",
                        StoredObject.class)
                .setParameter("kind", kind)
                .setParameter("before", before)
                .setMaxResults(limit)
                .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .setLockMode(org.hibernate.LockMode.UPGRADE_SKIPLOCKED)
                .getResultList());
    }

    /** Rows whose last check is oldest, if it is older than an instant. */
    public Uni<List<StoredObject>> dueForAudit(Instant checkedBefore, int limit) {
        return find("auditedAt < ?1 and damaged = false order by auditedAt", checkedBefore)
                .page(0, limit)
                .list();
    }

    /** Those of the keys that have a row. */
    public Uni<Set<String>> known(Collection<String> keys) {
        return session(session -> session.createSelectionQuery(
                                "select key from StoredObject where key in :keys", String.class)
                        .setParameter("keys", keys)
                        .getResultList())
                .map(HashSet::new);
    }

    /** Those of the requests that have been erased. */
    public Uni<Set<UUID>> erasedAmong(Collection<UUID> requests) {
        if (requests.isEmpty()) {
            return Uni.createFrom().item(Set.of());
        }
        return session(session -> session.createNativeQuery(
                                "select request_id from erased_request where request_id in (:requests)", UUID.class)
                        .setParameter("requests", requests)
                        .getResultList())
                .map(HashSet::new);
    }

    public Uni<Void> markAudited(String key, Instant at) {
        return update("auditedAt = ?1 where key = ?2", at, key).replaceWithVoid();
    }

    public Uni<Void> markDamaged(String key, Instant at) {
        return update("auditedAt = ?1, damaged = true where key = ?2", at, key).replaceWithVoid();
    }

    public Uni<Void> recordFinding(StoredObject object, String finding, Instant at) {
        return update(
                        """
                        insert into audit_finding (object_key, kind, request_id, finding, found_at)
                        values (:key, :kind, cast(:request as uuid), :finding, :at)
                        """,
                        query -> query.setParameter("key", object.key)
                                .setParameter("kind", object.kind.name())
                                .setParameter(
                                        "request",
                                        object.requestId().map(UUID::toString).orElse(null))
                                .setParameter("finding", finding)
                                .setParameter("at", at))
                .replaceWithVoid();
    }

    /**
     * @param kind kind of the objects
     * @param objects number of them
     * @param bytes their sizes together
     */
    public record Holding(MediaKind kind, long objects, long bytes) {}

    /** What is kept, by kind. */
    public Uni<List<Holding>> holdings() {
        return session(session -> session.createSelectionQuery(
                        "select new io.voice2face.storage.domain.ObjectRegister$Holding(kind, count(*), sum(size)) from StoredObject group by kind",
                        Holding.class)
                .getResultList());
    }

    private static <T> Uni<T> session(java.util.function.Function<Mutiny.Session, Uni<T>> work) {
        return Panache.getSession().chain(work::apply);
    }

    private static Uni<Integer> update(String sql, java.util.function.UnaryOperator<Mutiny.MutationQuery> parameters) {
        return session(
                session -> parameters.apply(session.createNativeQuery(sql)).executeUpdate());
    }
}
