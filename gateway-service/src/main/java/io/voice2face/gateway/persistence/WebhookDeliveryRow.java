package io.voice2face.gateway.persistence;

import java.time.Instant;
import java.util.UUID;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** One call to be made to a webhook. */
@Entity
@Table(name = "webhook_delivery")
public class WebhookDeliveryRow {
    @Id
    public UUID id;

    @Column(name = "webhook_id")
    public UUID webhookId;

    public String event;

    public String body;

    @Enumerated(EnumType.STRING)
    public State state;

    public int attempts;

    @Column(name = "next_attempt")
    public Instant nextAttempt;

    @Column(name = "last_status")
    public Integer lastStatus;

    @Column(name = "last_error")
    public String lastError;

    @Column(name = "created_at")
    public Instant createdAt;

    @Column(name = "delivered_at")
    public Instant deliveredAt;

    /** How a delivery stands. */
    @Schema(name = "DeliveryState")
    public enum State {
        PENDING,
        DELIVERED,
        /** Given up after all attempts. */
        DEAD
    }
}
