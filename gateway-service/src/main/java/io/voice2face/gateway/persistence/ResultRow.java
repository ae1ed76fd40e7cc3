package io.voice2face.gateway.persistence;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

import io.voice2face.contracts.event.JobState;
import io.voice2face.gateway.domain.Job;

/** One attempt at a request. */
@Entity
@Table(name = "voice_result")
public class ResultRow {
    @Id
    public UUID id;

    @Column(name = "request_id")
    public UUID requestId;

    /** 1 for the first. */
    public int attempt;

    @Enumerated(EnumType.STRING)
    public JobState state;

    /** {@link Job} as JSON. */
    public String job;

    @Column(name = "created_at")
    public Instant createdAt;

    @Column(name = "updated_at")
    public Instant updatedAt;

    @Column(name = "completed_at")
    public Instant completedAt;

    /** The work as the state machine knows it. */
    public Job job() {
        return JsonColumn.read(job, Job.class);
    }

    /** Keeps the work as it stands now. */
    public void keep(Job changed, Instant now) {
        job = JsonColumn.write(changed);
        state = changed.state();
        updatedAt = now;
        if (changed.state().isFinal() && completedAt == null) {
            completedAt = now;
        }
    }

    /** When it reached its end. */
    public Optional<Instant> completedAt() {
        return Optional.ofNullable(completedAt);
    }
}
