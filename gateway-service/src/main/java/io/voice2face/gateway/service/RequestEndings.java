package io.voice2face.gateway.service;

import java.time.Instant;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.event.JobState;
import io.voice2face.contracts.event.RequestErased;
import io.voice2face.gateway.api.ApiProblem;
import io.voice2face.gateway.api.view.RequestView;
import io.voice2face.gateway.domain.Transition;
import io.voice2face.gateway.messaging.OutboxRelay;
import io.voice2face.gateway.persistence.RequestRow;
import io.voice2face.gateway.persistence.Requests;

/** Stops the work on requests, and erases them. */
@ApplicationScoped
public class RequestEndings {
    private final Transactions transactions;
    private final Requests requests;
    private final Views views;
    private final RequestLog log;
    private final Outbox outbox;
    private final OutboxRelay relay;
    private final JobProgression progression;

    RequestEndings(
            Transactions transactions,
            Requests requests,
            Views views,
            RequestLog log,
            Outbox outbox,
            OutboxRelay relay,
            JobProgression progression) {
        this.transactions = transactions;
        this.requests = requests;
        this.views = views;
        this.log = log;
        this.outbox = outbox;
        this.relay = relay;
        this.progression = progression;
    }

    /** Stops the work on a request; says 409 where it has come to another end already. */
    public Uni<RequestView> cancel(UUID owner, UUID requestId) {
        Trace trace = Trace.current();
        return transactions
                .run(() -> ownedLocked(owner, requestId).chain(request -> {
                    if (request.state == JobState.CANCELLED) {
                        return views.of(request);
                    }
                    return progression.cancel(request, trace).chain(transition -> {
                        if (transition instanceof Transition.Ignored) {
                            throw ApiProblem.of(409, "already_finished", "The request has come to its end already.");
                        }
                        return views.of(request);
                    });
                }))
                .invoke(relay::wake);
    }

    /** Deletes a request and announces it, so that everyone deletes what they keep of it. */
    public Uni<Void> delete(UUID owner, UUID requestId) {
        Trace trace = Trace.current();
        return transactions
                .run(() -> ownedLocked(owner, requestId).chain(request -> erase(request, trace)))
                .invoke(relay::wake);
    }

    /** Deletes a locked request; to be called in a transaction. */
    Uni<Void> erase(RequestRow request, Trace trace) {
        return outbox.add(new RequestErased(request.id, Instant.now()), trace)
                .chain(() -> log.announce(request.id))
                .chain(() -> io.quarkus.hibernate.reactive.panache.Panache.getSession())
                .chain(session -> session.createNativeQuery("delete from processed_event where request_id = ?1")
                        .setParameter(1, request.id)
                        .executeUpdate())
                .chain(() -> requests.erase(request.id));
    }

    private Uni<RequestRow> ownedLocked(UUID owner, UUID requestId) {
        return requests.ownedLocked(requestId, owner).map(found -> found.orElseThrow(ApiProblem::notFound));
    }
}
