package io.voice2face.gateway.persistence;

import java.io.Serializable;
import java.time.Instant;
import java.util.UUID;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;

import io.voice2face.contracts.event.Variant;

/** Stars for one variant of a result. */
@Entity
@Table(name = "rating")
@IdClass(RatingRow.Key.class)
public class RatingRow {
    @Id
    @Column(name = "result_id")
    public UUID resultId;

    @Id
    @Enumerated(EnumType.STRING)
    public Variant variant;

    /** 1–5. */
    public int stars;

    @Column(name = "rated_at")
    public Instant ratedAt;

    /** Primary key. */
    public record Key(UUID resultId, Variant variant) implements Serializable {}
}
