package io.voice2face.gateway.persistence;

import java.time.Instant;
import java.util.UUID;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** Something that happened to a request, as its streams tell it. */
@Entity
@Table(name = "request_event")
public class RequestEventRow {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    public Long id;

    @Column(name = "request_id")
    public UUID requestId;

    /** {@code state} or {@code progress}. */
    public String kind;

    /** Data of the server-sent event, JSON. */
    public String data;

    /** True where the request stands at its end with this event. */
    public boolean ends;

    @Column(name = "created_at")
    public Instant createdAt;
}
