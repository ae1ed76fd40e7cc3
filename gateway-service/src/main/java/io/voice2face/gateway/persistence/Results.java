package io.voice2face.gateway.persistence;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Page;
import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.event.JobState;

/** Results. */
@ApplicationScoped
public class Results implements PanacheRepositoryBase<ResultRow, UUID> {
    private static final List<JobState> UNFINISHED = java.util.Arrays.stream(JobState.values())
            .filter(state -> !state.isFinal())
            .toList();

    /** Results of some requests, in the order of their attempts. */
    public Uni<List<ResultRow>> of(Collection<UUID> requestIds) {
        return list("requestId in ?1 order by attempt", requestIds);
    }

    /** A result of a request. */
    public Uni<Optional<ResultRow>> of(UUID requestId, UUID resultId) {
        return find("id = ?1 and requestId = ?2", resultId, requestId)
                .firstResult()
                .map(Optional::ofNullable);
    }

    /** Unfinished results that nothing was heard of since {@code before}. */
    public Uni<List<ResultRow>> silentSince(Instant before, int limit) {
        return find("state in ?1 and updatedAt < ?2", UNFINISHED, before)
                .page(Page.ofSize(limit))
                .list();
    }
}
