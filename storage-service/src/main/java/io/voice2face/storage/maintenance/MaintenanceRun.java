package io.voice2face.storage.maintenance;

import java.time.Instant;
import java.util.Optional;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;

/** Row of a task: when it last ran, and what came of it. */
@Entity
@Table(name = "maintenance_run")
public class MaintenanceRun extends PanacheEntityBase {
    @Id
    String job;

    @Column(name = "started_at")
    Instant startedAt;

    @Column(name = "finished_at")
    Instant finishedAt;

    long handled;

    @Column(name = "handled_in_all")
    long handledInAll;

    String failure;

    protected MaintenanceRun() {}

    String job() {
        return job;
    }

    Optional<Instant> startedAt() {
        return Optional.ofNullable(startedAt);
    }

    Optional<Instant> finishedAt() {
        return Optional.ofNullable(finishedAt);
    }

    long handled() {
        return handled;
    }

    long handledInAll() {
        return handledInAll;
    }

    Optional<String> failure() {
        return Optional.ofNullable(failure);
    }
}
