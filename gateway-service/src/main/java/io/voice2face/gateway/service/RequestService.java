package io.voice2face.gateway.service;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;

import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.tuples.Tuple2;
import io.voice2face.contracts.ObjectKeys;
import io.voice2face.contracts.event.JobState;
import io.voice2face.contracts.event.MediaKind;
import io.voice2face.contracts.event.ObjectRef;
import io.voice2face.contracts.event.RequestErased;
import io.voice2face.contracts.event.Target;
import io.voice2face.contracts.event.VoiceSubmitted;
import io.voice2face.contracts.storage.StorageApi;
import io.voice2face.gateway.api.ApiProblem;
import io.voice2face.gateway.api.view.RequestPage;
import io.voice2face.gateway.api.view.RequestView;
import io.voice2face.gateway.api.view.ResultView;
import io.voice2face.gateway.config.GatewayConfig;
import io.voice2face.gateway.domain.Job;
import io.voice2face.gateway.domain.Transition;
import io.voice2face.gateway.messaging.OutboxRelay;
import io.voice2face.gateway.persistence.AccountRow;
import io.voice2face.gateway.persistence.Accounts;
import io.voice2face.gateway.persistence.IdempotencyKeyRow;
import io.voice2face.gateway.persistence.IdempotencyKeys;
import io.voice2face.gateway.persistence.JsonColumn;
import io.voice2face.gateway.persistence.RequestRow;
import io.voice2face.gateway.persistence.Requests;
import io.voice2face.gateway.persistence.ResultRow;
import io.voice2face.gateway.persistence.Results;
import io.voice2face.storage.client.StorageClient;
import io.voice2face.storage.client.StorageException;

/** Takes requests in, shows them, starts them again, ends and erases them. Everything is the owner's own, or not found. */
@ApplicationScoped
public class RequestService {
    private static final Logger LOG = Logger.getLogger(RequestService.class);

    private final Transactions transactions;
    private final Accounts accounts;
    private final Requests requests;
    private final Results results;
    private final IdempotencyKeys idempotencyKeys;
    private final Views views;
    private final RequestLog log;
    private final Outbox outbox;
    private final OutboxRelay relay;
    private final JobProgression progression;
    private final Templates templates;
    private final StorageClient storage;
    private final GatewayConfig.Limits limits;

    RequestService(
            Transactions transactions,
            Accounts accounts,
            Requests requests,
            Results results,
            IdempotencyKeys idempotencyKeys,
            Views views,
            RequestLog log,
            Outbox outbox,
            OutboxRelay relay,
            JobProgression progression,
            Templates templates,
            StorageClient storage,
            GatewayConfig config) {
        this.transactions = transactions;
        this.accounts = accounts;
        this.requests = requests;
        this.results = results;
        this.idempotencyKeys = idempotencyKeys;
        this.views = views;
        this.log = log;
        this.outbox = outbox;
        this.relay = relay;
        this.progression = progression;
        this.templates = templates;
        this.storage = storage;
        this.limits = config.limits();
    }

    /**
     * Takes a request in: media into storage, then row and event in one transaction.
     *
     * @return the request; the earlier one where the Idempotency-Key was used before for the same
     */
    public Uni<RequestView> submit(AccountRow owner, Submission submission) {
        Trace trace = Trace.current();
        UUID requestId = UUID.randomUUID();
        return onWorker(() -> submission.idempotencyKey().isPresent() ? Fingerprint.of(submission) : "")
                .chain(fingerprint -> transactions
                        .read(() -> earlier(owner.id, submission.idempotencyKey(), fingerprint)
                                .chain(earlier -> earlier.isPresent()
                                        ? views.of(earlier.get()).map(Optional::of)
                                        : requireQuota(owner.id).replaceWith(Optional.<RequestView>empty())))
                        .chain(earlier -> earlier.isPresent()
                                ? Uni.createFrom().item(earlier.get())
                                : storeAndAccept(owner.id, requestId, submission, fingerprint, trace)));
    }

    private Uni<RequestView> storeAndAccept(
            UUID owner, UUID requestId, Submission submission, String fingerprint, Trace trace) {
        return storeTarget(requestId, submission.target())
                .chain(target -> storeVoice(requestId, submission).map(voice -> Tuple2.of(voice, target)))
                .chain(media -> transactions.run(() ->
                        accept(owner, requestId, submission, fingerprint, media.getItem1(), media.getItem2(), trace)))
                // only where it is certain that no row names the media: a commit whose answer was lost may have
                // happened
                .onFailure(failure ->
                        failure instanceof ApiProblem || failure instanceof StorageException || isKeyTaken(failure))
                .call(() -> storage.erase(requestId)
                        .onFailure()
                        .invoke(left -> LOG.warnf("left to the orphan sweep: %s", left.getMessage()))
                        .onFailure()
                        .recoverWithNull())
                // two calls with one key at the same time: the second finds what the first made
                .onFailure(RequestService::isKeyTaken)
                .recoverWithUni(
                        taken -> transactions.read(() -> earlier(owner, submission.idempotencyKey(), fingerprint)
                                .chain(earlier -> views.of(earlier.orElseThrow()))))
                .invoke(relay::wake);
    }

    private Uni<Target> storeTarget(UUID requestId, Submission.WantedTarget wanted) {
        if (wanted instanceof Submission.WantedTarget.BuiltIn builtIn) {
            if (!templates.isStored(builtIn.templateId())) {
                return Uni.createFrom()
                        .failure(ApiProblem.of(503, "templates_not_ready", "The templates are not in place yet.")
                                .retryAfter(Duration.ofSeconds(5)));
            }
            ObjectRef clip = templates.clip(builtIn.templateId()).orElseThrow().object();
            return Uni.createFrom().item(new Target(clip, Optional.of(builtIn.templateId())));
        }
        var file = ((Submission.WantedTarget.Own) wanted).file();
        return onWorker(() -> MediaType.ofTarget(file))
                .chain(type -> storage.upload(
                        ObjectKeys.target(requestId), MediaKind.TARGET, Optional.of(requestId), type, file))
                .call(object -> storage.accept(object, MediaKind.TARGET, Optional.of(requestId)))
                .map(object -> new Target(object, Optional.empty()));
    }

    private Uni<ObjectRef> storeVoice(UUID requestId, Submission submission) {
        return onWorker(() -> MediaType.ofVoice(submission.voice()))
                .chain(type -> storage.upload(
                        ObjectKeys.voice(requestId), MediaKind.VOICE, Optional.of(requestId), type, submission.voice()))
                .call(object -> storage.accept(object, MediaKind.VOICE, Optional.of(requestId)));
    }

    private Uni<RequestView> accept(
            UUID owner,
            UUID requestId,
            Submission submission,
            String fingerprint,
            ObjectRef voice,
            Target target,
            Trace trace) {
        Instant now = now();
        RequestRow request = new RequestRow();
        request.id = requestId;
        request.ownerId = owner;
        request.createdAt = now;
        request.updatedAt = now;
        request.state = JobState.QUEUED;
        request.age = submission.age();
        request.gender = submission.gender();
        request.skinTone =
                submission.skinTone().isPresent() ? submission.skinTone().getAsInt() : null;
        request.templateId = target.templateId().orElse(null);
        request.voice = JsonColumn.write(voice);
        request.target = JsonColumn.write(target.object());
        request.traceparent = trace.traceparent().orElse(null);
        ResultRow result = result(requestId, 1, now);
        request.latestResultId = result.id;
        return accounts.locked(owner)
                .invoke(account -> account.orElseThrow(ApiProblem::unauthorized))
                .chain(() -> requireQuota(owner))
                .chain(() -> requests.persist(request))
                .chain(() -> results.persist(result))
                .chain(() -> rememberKey(owner, submission.idempotencyKey(), fingerprint, request))
                .chain(() -> begin(request, result, trace))
                .chain(() -> views.of(request));
    }

    private static ResultRow result(UUID requestId, int attempt, Instant now) {
        ResultRow result = new ResultRow();
        result.id = UUID.randomUUID();
        result.requestId = requestId;
        result.attempt = attempt;
        result.createdAt = now;
        result.keep(Job.queued(), now);
        return result;
    }

    private Uni<Void> begin(RequestRow request, ResultRow result, Trace trace) {
        VoiceSubmitted event = new VoiceSubmitted(
                request.id,
                result.id,
                result.attempt,
                request.voice(),
                request.age,
                request.gender,
                request.skinTone(),
                new Target(request.target(), request.templateId()),
                result.createdAt);
        return log.state(request).chain(() -> outbox.add(event, trace));
    }

    /** A person's request. */
    public Uni<RequestView> get(UUID owner, UUID requestId) {
        return transactions.read(() -> owned(owner, requestId).chain(views::of));
    }

    /** A person's request as it is kept. */
    public Uni<RequestRow> row(UUID owner, UUID requestId) {
        return transactions.read(() -> owned(owner, requestId));
    }

    /** A person's result as it is kept. */
    public Uni<ResultRow> resultRow(UUID owner, UUID requestId, UUID resultId) {
        return transactions.read(() -> owned(owner, requestId)
                .chain(() -> results.of(requestId, resultId))
                .map(found -> found.orElseThrow(ApiProblem::notFound)));
    }

    /** A person's result. */
    public Uni<ResultView> result(UUID owner, UUID requestId, UUID resultId) {
        return transactions.read(() -> owned(owner, requestId)
                .chain(() -> results.of(requestId, resultId))
                .chain(found -> views.of(found.orElseThrow(ApiProblem::notFound))));
    }

    /**
     * A person's requests, newest first.
     *
     * @param cursor out of an earlier page; 400 for one that is not
     */
    public Uni<RequestPage> list(UUID owner, Optional<String> cursor, int limit) {
        Optional<Requests.Position> after = cursor.map(RequestService::position);
        return transactions.read(() -> requests.newest(owner, after, limit + 1).chain(rows -> {
            List<RequestRow> page = rows.size() > limit ? rows.subList(0, limit) : rows;
            Optional<String> next =
                    rows.size() > limit ? Optional.of(cursor(page.get(page.size() - 1))) : Optional.empty();
            return views.of(page).map(items -> new RequestPage(items, next));
        }));
    }

    /** Makes a further attempt at a request that has come to its end. */
    public Uni<ResultView> regenerate(UUID owner, UUID requestId, Optional<String> idempotencyKey) {
        Trace trace = Trace.current();
        String fingerprint = Fingerprint.of("regenerate/" + requestId);
        return row(owner, requestId)
                .chain(request -> storage.grant(new StorageApi.DownloadRequest(
                        request.voice().key(), StorageApi.Audience.SERVICE, Optional.empty(), Optional.empty())))
                .chain(() -> transactions.run(() -> accounts.locked(owner)
                        .chain(() -> requests.ownedLocked(requestId, owner))
                        .map(found -> found.orElseThrow(ApiProblem::notFound))
                        .chain(request -> earlierKey(owner, idempotencyKey, fingerprint)
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
        Instant now = now();
        return (counted ? Uni.createFrom().voidItem() : requireQuota(owner))
                .chain(() -> results.of(List.of(request.id)))
                .chain(before -> {
                    if (before.size() >= limits.attempts()) {
                        throw ApiProblem.of(409, "too_many_attempts", "There are no more attempts at this request.")
                                .with("limit", limits.attempts());
                    }
                    ResultRow result = result(request.id, before.size() + 1, now);
                    request.state = JobState.QUEUED;
                    request.latestResultId = result.id;
                    request.updatedAt = now;
                    request.progress = null;
                    request.traceparent = trace.traceparent().orElse(null);
                    return results.persist(result)
                            .chain(() -> rememberKey(owner, idempotencyKey, fingerprint, request))
                            .chain(() -> begin(request, result, trace))
                            .replaceWith(result);
                });
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
                .chain(() -> requests.delete(request));
    }

    /** How many requests of a person count against the quota. */
    public Uni<Long> quotaUsed(UUID owner) {
        return transactions.read(() -> requests.counted(owner));
    }

    private Uni<RequestRow> owned(UUID owner, UUID requestId) {
        return requests.owned(requestId, owner).map(found -> found.orElseThrow(ApiProblem::notFound));
    }

    private Uni<RequestRow> ownedLocked(UUID owner, UUID requestId) {
        return requests.ownedLocked(requestId, owner).map(found -> found.orElseThrow(ApiProblem::notFound));
    }

    private Uni<Void> requireQuota(UUID owner) {
        return requests.counted(owner)
                .invoke(used -> {
                    if (used >= limits.quota()) {
                        throw ApiProblem.of(
                                        429,
                                        "quota_exceeded",
                                        "%d of %d requests are in use; delete one to make room."
                                                .formatted(used, limits.quota()))
                                .with("limit", limits.quota())
                                .with("used", used);
                    }
                })
                .replaceWithVoid();
    }

    private Uni<Optional<IdempotencyKeyRow>> earlierKey(UUID owner, Optional<String> key, String fingerprint) {
        if (key.isEmpty()) {
            return Uni.createFrom().item(Optional.empty());
        }
        return idempotencyKeys
                .findById(new IdempotencyKeyRow.Key(owner, key.get()))
                .map(Optional::ofNullable)
                .invoke(found -> found.filter(row -> !row.fingerprint.equals(fingerprint))
                        .ifPresent(other -> {
                            throw ApiProblem.of(
                                    422,
                                    "idempotency_key_reused",
                                    "This Idempotency-Key was used for something else before.");
                        }));
    }

    private Uni<Optional<RequestRow>> earlier(UUID owner, Optional<String> key, String fingerprint) {
        return earlierKey(owner, key, fingerprint)
                .chain(found -> found.isPresent()
                        ? requests.owned(found.get().requestId, owner)
                        : Uni.createFrom().item(Optional.empty()));
    }

    private Uni<Void> rememberKey(UUID owner, Optional<String> key, String fingerprint, RequestRow request) {
        if (key.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        IdempotencyKeyRow row = new IdempotencyKeyRow();
        row.ownerId = owner;
        row.value = key.get();
        row.fingerprint = fingerprint;
        row.requestId = request.id;
        row.resultId = request.latestResultId;
        row.createdAt = Instant.now();
        return idempotencyKeys.persistAndFlush(row).replaceWithVoid();
    }

    private static boolean isKeyTaken(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message != null && message.contains("idempotency_key_pkey")) {
                return true;
            }
        }
        return false;
    }

    /** As fine as the database keeps it, so that a client sees the same time in every answer. */
    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }

    private static String cursor(RequestRow row) {
        String text = row.createdAt.getEpochSecond() + "." + row.createdAt.getNano() + "/" + row.id;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Requests.Position position(String cursor) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            int dot = text.indexOf('.');
            int slash = text.indexOf('/');
            return new Requests.Position(
                    Instant.ofEpochSecond(
                            Long.parseLong(text.substring(0, dot)), Long.parseLong(text.substring(dot + 1, slash))),
                    UUID.fromString(text.substring(slash + 1)));
        } catch (IllegalArgumentException | IndexOutOfBoundsException | java.time.DateTimeException e) {
            throw ApiProblem.invalid("cursor", "invalid", "The cursor is not one of ours.");
        }
    }

    private static <T> Uni<T> onWorker(Callable<T> work) {
        return Uni.createFrom()
                .item(() -> {
                    try {
                        return work.call();
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    } catch (RuntimeException e) {
                        throw e;
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                })
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }
}
