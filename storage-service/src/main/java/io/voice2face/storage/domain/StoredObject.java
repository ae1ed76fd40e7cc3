package io.voice2face.storage.domain;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import io.voice2face.contracts.event.MediaKind;
import io.voice2face.contracts.event.ObjectRef;

/** Row of an object that has been verified and is kept. */
@Entity
@Table(name = "stored_object")
public class StoredObject extends PanacheEntityBase {
    @Id
    @Column(name = "object_key")
    String key;

    @Enumerated(EnumType.STRING)
    MediaKind kind;

    @Column(name = "request_id")
    UUID requestId;

    @Column(name = "content_type")
    String contentType;

    @Column(name = "size_bytes")
    long size;

    String sha256;

    @Column(name = "accepted_at")
    Instant acceptedAt;

    @Column(name = "audited_at")
    Instant auditedAt;

    boolean damaged;

    protected StoredObject() {}

    public String key() {
        return key;
    }

    public MediaKind kind() {
        return kind;
    }

    /** Request that it belongs to; empty for a template. */
    public Optional<UUID> requestId() {
        return Optional.ofNullable(requestId);
    }

    public ObjectRef reference() {
        return new ObjectRef(key, contentType, size, sha256);
    }

    public Instant acceptedAt() {
        return acceptedAt;
    }

    /** True if the audit found other bytes than those that were accepted. */
    public boolean isDamaged() {
        return damaged;
    }
}
