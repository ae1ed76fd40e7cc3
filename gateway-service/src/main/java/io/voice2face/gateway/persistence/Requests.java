package io.voice2face.gateway.persistence;

import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;

import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Page;
import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.event.JobState;

/** Requests. */
@ApplicationScoped
public class Requests implements PanacheRepositoryBase<RequestRow, UUID> {
    /** States that do not count against a person's quota: nothing came of them. */
    private static final Set<JobState> NOT_COUNTED = EnumSet.of(JobState.FAILED, JobState.REJECTED, JobState.CANCELLED);

    /** Place in a person's list, newest first. */
    public record Position(Instant createdAt, UUID id) {}

    /** A person's own request; empty where it does not exist and where it is another's. */
    public Uni<Optional<RequestRow>> owned(UUID id, UUID owner) {
        return find("id = ?1 and ownerId = ?2", id, owner).firstResult().map(Optional::ofNullable);
    }

    /** A person's own request, locked until the transaction ends. */
    public Uni<Optional<RequestRow>> ownedLocked(UUID id, UUID owner) {
        return find("id = ?1 and ownerId = ?2", id, owner)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .firstResult()
                .map(Optional::ofNullable);
    }

    /** A request, locked until the transaction ends: everything that changes one takes this lock first. */
    public Uni<Optional<RequestRow>> locked(UUID id) {
        return findById(id, LockModeType.PESSIMISTIC_WRITE).map(Optional::ofNullable);
    }

    /** Deletes a request by a statement, for the reason of {@link Accounts#erase}. */
    public Uni<Void> erase(UUID id) {
        return delete("id", id).replaceWithVoid();
    }

    /** A request, whoever owns it. */
    public Uni<Optional<RequestRow>> withId(UUID id) {
        return findById(id).map(Optional::ofNullable);
    }

    /** A person's newest requests, at most {@code limit}, after a position. */
    public Uni<List<RequestRow>> newest(UUID owner, Optional<Position> after, int limit) {
        String order = " order by createdAt desc, id desc";
        return after.map(position -> find(
                        "ownerId = ?1 and (createdAt < ?2 or (createdAt = ?2 and id < ?3))" + order,
                        owner,
                        position.createdAt(),
                        position.id()))
                .orElseGet(() -> find("ownerId = ?1" + order, owner))
                .page(Page.ofSize(limit))
                .list();
    }

    /** Number of a person's requests that are unfinished or came to something. */
    public Uni<Long> counted(UUID owner) {
        return count("ownerId = ?1 and state not in ?2", owner, NOT_COUNTED);
    }

    /** All of a person's requests. */
    public Uni<List<RequestRow>> of(UUID owner) {
        return list("ownerId", owner);
    }
}
