package io.voice2face.gateway.service;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.event.JobState;
import io.voice2face.contracts.event.Target;
import io.voice2face.contracts.event.VoiceSubmitted;
import io.voice2face.contracts.storage.StorageApi;
import io.voice2face.gateway.api.ApiProblem;
import io.voice2face.gateway.api.view.ResultView;
import io.voice2face.gateway.config.GatewayConfig;
import io.voice2face.gateway.domain.Job;
import io.voice2face.gateway.messaging.OutboxRelay;
import io.voice2face.gateway.persistence.Accounts;
import io.voice2face.gateway.persistence.RequestRow;
import io.voice2face.gateway.persistence.Requests;
import io.voice2face.gateway.persistence.ResultRow;
import io.voice2face.gateway.persistence.Results;
import io.voice2face.storage.client.StorageClient;

/** Begins attempts at a request: the first, and further ones. Earlier results are never touched. */
@ApplicationScoped
public class Attempts {
    private final Transactions transactions;
    private final Accounts accounts;
    private final Requests requests;
    private final Results results;
    private final Idempotency idempotency;
    private final Quota quota;
    private final Views views;
    private final RequestLog log;
    private final Outbox outbox;
    private final OutboxRelay relay;
    private final StorageClient storage;
    private final int most;

    Attempts(
            Transactions transactions,
            Accounts accounts,
            Requests requests,
            Results results,
            Idempotency idempotency,
            Quota quota,
            Views views,
            RequestLog log,
            Outbox outbox,
            OutboxRelay relay,
            StorageClient storage,
            GatewayConfig config) {
        this.transactions = transactions;
        this.accounts = accounts;
        this.requests = requests;
        this.results = results;
        this.idempotency = idempotency;
        this.quota = quota;
        this.views = views;
        this.log = log;
        this.outbox = outbox;
        this.relay = relay;
        this.storage = storage;
        this.most = config.limits().attempts();
    }

    /** Makes a further attempt at a request that has come to its end. */
    public Uni<ResultView> regenerate(UUID owner, UUID requestId, Optional<String> idempotencyKey) {
        Trace trace = Trace.current();
        String fingerprint = Fingerprint.of("regenerate/" + requestId);
        return transactions
                .read(() -> requests.owned(requestId, owner))
                .map(found -> found.orElseThrow(ApiProblem::notFound))
                .chain(request -> storage.grant(new StorageApi.DownloadRequest(
                        request.voice().key(), StorageApi.Audience.SERVICE, Optional.empty(), Optional.empty())))
                .chain(() -> transactions.run(() -> accounts.locked(owner)
                        .chain(() -> requests.ownedLocked(requestId, owner))
                        .map(found -> found.orElseThrow(ApiProblem::notFound))
                        .chain(request -> idempotency
                                .earlier(owner, idempotencyKey, fingerprint)
                                .chain(earlier -> earlier.isPresent()
                                        ? results.of(requestId, earlier.get().resultId)
                                                .map(Optional::orElseThrow)
                                        : again(owner, request, idempotencyKey, fingerprint, trace)))
                        .chain(views::of)))
                .invoke(relay::wake);
    }

    private Uni<ResultRow> again(
            UUID owner, RequestRow request, Optional<String> idempotencyKey, String fingerprint, Trace trace) {
        if (!request.state.isFinal()) {
            throw ApiProblem.of(409, "still_running", "The latest attempt has not come to its end yet.");
        }
        boolean counted = request.state == JobState.SUCCEEDED || request.state == JobState.PARTIAL;
        Instant now = Now.asKept();
        return (counted ? Uni.createFrom().voidItem() : quota.requireRoom(owner))
                .chain(() -> results.of(List.of(request.id)))
                .chain(before -> {
                    if (before.size() >= most) {
                        throw ApiProblem.of(409, "no_more_attempts", "There are no more attempts at this request.")
                                .with("limit", most);
                    }
                    ResultRow result = attempt(request.id, before.size() + 1, now);
                    request.state = JobState.QUEUED;
                    request.latestResultId = result.id;
                    request.updatedAt = now;
                    request.progress = null;
                    request.traceparent = trace.traceparent().orElse(null);
                    return results.persist(result)
                            .chain(() -> idempotency.remember(owner, idempotencyKey, fingerprint, request))
                            .chain(() -> begin(request, result, trace))
                            .replaceWith(result);
                });
    }

    /** Row of an attempt that is about to begin. */
    static ResultRow attempt(UUID requestId, int attempt, Instant now) {
        ResultRow result = new ResultRow();
        result.id = UUID.randomUUID();
        result.requestId = requestId;
        result.attempt = attempt;
        result.createdAt = now;
        result.keep(Job.queued(), now);
        return result;
    }

    /** Writes an attempt's beginning into the log and the outbox; in the transaction of its row. */
    Uni<Void> begin(RequestRow request, ResultRow result, Trace trace) {
        VoiceSubmitted event = new VoiceSubmitted(
                request.id,
                result.id,
                result.attempt,
                request.voice(),
                request.age,
                request.gender,
                request.skinTone(),
                new Target(request.target(), request.templateId()),
                request.gifPreview,
                result.createdAt);
        return log.state(request).chain(() -> outbox.add(event, trace));
    }
}
