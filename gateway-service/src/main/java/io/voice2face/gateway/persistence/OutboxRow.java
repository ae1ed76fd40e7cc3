package io.voice2face.gateway.persistence;

import java.time.Instant;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** An event to be sent. Written here with Panache, claimed and removed by the relay with its own SQL. */
@Entity
@Table(name = "outbox")
public class OutboxRow {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    public Long id;

    @Column(name = "record_key")
    public String recordKey;

    public String topic;

    /** JSON of the event. */
    public String data;

    /** CloudEvents attributes and the trace context, JSON. */
    public String headers;

    @Column(name = "created_at")
    public Instant createdAt;
}
