package io.voice2face.gateway.service;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

import jakarta.enterprise.context.ApplicationScoped;

import io.opentelemetry.context.Scope;
import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.event.MeshEvent;
import io.voice2face.gateway.persistence.JsonColumn;
import io.voice2face.gateway.persistence.OutboxRow;
import io.voice2face.gateway.persistence.OutboxRows;
import io.voice2face.messaging.EventPublisher;
import io.voice2face.messaging.EventRecord;

/** Writes events beside the rows that they speak of; the relay sends them once the transaction has committed. */
@ApplicationScoped
public class Outbox {
    private final OutboxRows rows;
    private final EventPublisher publisher;

    Outbox(OutboxRows rows, EventPublisher publisher) {
        this.rows = rows;
        this.publisher = publisher;
    }

    /** Adds an event to the current transaction, under a trace. */
    public Uni<Void> add(MeshEvent event, Trace trace) {
        EventRecord record;
        try (Scope ignored = trace.context().makeCurrent()) {
            record = publisher.record(event);
        }
        OutboxRow row = new OutboxRow();
        row.recordKey = record.key();
        row.topic = record.topic();
        row.data = new String(record.value(), StandardCharsets.UTF_8);
        row.headers = JsonColumn.write(record.headers());
        row.createdAt = Instant.now();
        return rows.persist(row).replaceWithVoid();
    }
}
