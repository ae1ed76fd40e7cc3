package io.voice2face.gateway.service;

import java.time.Instant;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.voice2face.gateway.api.view.ProgressView;
import io.voice2face.gateway.domain.Progress;
import io.voice2face.gateway.persistence.RequestEventRow;
import io.voice2face.gateway.persistence.RequestEvents;
import io.voice2face.gateway.persistence.RequestRow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Writes what happens to a request, in order, for its streams on every instance. The request's row must be locked: that is
 * what makes the ids of one request increase in the order in which they become visible.
 */
@ApplicationScoped
public class RequestLog {
    /** PostgreSQL channel on which instances tell one another that a request has news. */
    public static final String CHANNEL = "request_event";

    private final RequestEvents events;
    private final Views views;
    private final ObjectMapper json;

    RequestLog(RequestEvents events, Views views, ObjectMapper json) {
        this.events = events;
        this.views = views;
        this.json = json;
    }

    /** The request looks different now. */
    public Uni<Void> state(RequestRow request) {
        return Panache.getSession()
                .chain(session -> session.flush())
                .chain(() -> views.of(request))
                .chain(view -> add(request.id, StreamEvent.STATE, view, request.state.isFinal()));
    }

    /** The stage under way has moved on. */
    public Uni<Void> progress(RequestRow request, Progress progress) {
        return add(request.id, StreamEvent.PROGRESS, ProgressView.of(progress), false);
    }

    private Uni<Void> add(UUID requestId, String kind, Object data, boolean ends) {
        RequestEventRow row = new RequestEventRow();
        row.requestId = requestId;
        row.kind = kind;
        row.ends = ends;
        row.createdAt = Instant.now();
        try {
            row.data = json.writeValueAsString(data);
        } catch (JsonProcessingException e) {
            return Uni.createFrom().failure(e);
        }
        return events.persist(row).chain(() -> announce(requestId));
    }

    /** Wakes the streams of a request, on this instance and the others, when the transaction commits. */
    public Uni<Void> announce(UUID requestId) {
        return Panache.getSession()
                .chain(session -> session.createNativeQuery("select cast(pg_notify(?1, ?2) as text)", String.class)
                        .setParameter(1, CHANNEL)
                        .setParameter(2, requestId.toString())
                        .getResultList())
                .replaceWithVoid();
    }
}
