package io.voice2face.gateway.persistence;

import java.time.Instant;
import java.util.UUID;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** A person's own address that is told of their results. */
@Entity
@Table(name = "webhook")
public class WebhookRow {
    @Id
    public UUID id;

    @Column(name = "owner_id")
    public UUID ownerId;

    public String url;

    /** Key of the HMAC; shown once. */
    public String secret;

    @Column(name = "created_at")
    public Instant createdAt;
}
