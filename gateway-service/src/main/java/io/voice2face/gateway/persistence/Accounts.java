package io.voice2face.gateway.persistence;

import java.util.Optional;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;

import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;
import io.smallrye.mutiny.Uni;

/** Accounts. */
@ApplicationScoped
public class Accounts implements PanacheRepositoryBase<AccountRow, UUID> {
    /** Account with an e-mail in lower case. */
    public Uni<Optional<AccountRow>> withEmail(String email) {
        return find("email", email).firstResult().map(Optional::ofNullable);
    }

    /** Account with an id. */
    public Uni<Optional<AccountRow>> withId(UUID id) {
        return findById(id).map(Optional::ofNullable);
    }

    /**
     * Deletes an account by a statement: entities deleted at the same time cross in Hibernate Reactive, whose delete
     * coordinator keeps the state of one delete in a field that all share (hibernate-reactive #1713).
     */
    public Uni<Void> erase(UUID id) {
        return delete("id", id).replaceWithVoid();
    }

    /** Account with an id, locked until the transaction ends: what counts against its quota is counted one by one. */
    public Uni<Optional<AccountRow>> locked(UUID id) {
        return findById(id, LockModeType.PESSIMISTIC_WRITE).map(Optional::ofNullable);
    }
}
