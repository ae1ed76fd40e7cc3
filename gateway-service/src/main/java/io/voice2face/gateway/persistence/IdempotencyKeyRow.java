package io.voice2face.gateway.persistence;

import java.io.Serializable;
import java.time.Instant;
import java.util.UUID;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;

/** What a client's Idempotency-Key brought about. */
@Entity
@Table(name = "idempotency_key")
@IdClass(IdempotencyKeyRow.Key.class)
public class IdempotencyKeyRow {
    @Id
    @Column(name = "owner_id")
    public UUID ownerId;

    @Id
    @Column(name = "key")
    public String value;

    /** Hex SHA-256 over everything that was sent with the key. */
    public String fingerprint;

    @Column(name = "request_id")
    public UUID requestId;

    @Column(name = "result_id")
    public UUID resultId;

    @Column(name = "created_at")
    public Instant createdAt;

    /** Primary key. */
    public record Key(UUID ownerId, String value) implements Serializable {}
}
