package io.voice2face.storage.maintenance;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;
import io.smallrye.mutiny.Uni;

/** Decides which instance runs a task: the one that moves its start. By the database's clock, which all share. */
@ApplicationScoped
class MaintenanceRuns implements PanacheRepositoryBase<MaintenanceRun, String> {

    /** True if this caller is the one that runs the task now. */
    Uni<Boolean> claim(String job, Duration every) {
        return Panache.withTransaction(() -> Panache.getSession().chain(session -> session.createNativeQuery(
                                """
                                        update maintenance_run set started_at = clock_timestamp()
                                        where job = :job and (started_at is null
                                            or started_at <= clock_timestamp() - :seconds * interval '1 second')
                                        """)
                        .setParameter("job", job)
                        .setParameter("seconds", every.toMillis() / 1000.0)
                        .executeUpdate()))
                .map(updated -> updated == 1);
    }

    Uni<Void> succeeded(String job, long handled) {
        return Panache.withTransaction(() -> update(
                        "finishedAt = ?1, handled = ?2, handledInAll = handledInAll + ?2, failure = null where job = ?3",
                        Instant.now(),
                        handled,
                        job))
                .replaceWithVoid();
    }

    Uni<Void> failed(String job, String failure) {
        return Panache.withTransaction(() -> update("failure = ?1 where job = ?2", failure, job))
                .replaceWithVoid();
    }

    Uni<List<MaintenanceRun>> all() {
        return Panache.withSession(() -> list("order by job"));
    }
}
