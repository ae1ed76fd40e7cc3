package io.voice2face.gateway.persistence;

import java.time.Instant;
import java.util.UUID;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** A link that opens one result to whoever has it. */
@Entity
@Table(name = "share_link")
public class ShareLinkRow {
    @Id
    public UUID id;

    @Column(name = "result_id")
    public UUID resultId;

    /** Hex SHA-256 of the link's token. */
    @Column(name = "token_hash")
    public String tokenHash;

    @Column(name = "created_at")
    public Instant createdAt;

    @Column(name = "expires_at")
    public Instant expiresAt;
}
