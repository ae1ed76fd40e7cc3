package io.voice2face.gateway.service;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
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
import io.voice2face.contracts.event.Target;
import io.voice2face.gateway.api.ApiProblem;
import io.voice2face.gateway.api.view.RequestView;
import io.voice2face.gateway.messaging.OutboxRelay;
import io.voice2face.gateway.persistence.AccountRow;
import io.voice2face.gateway.persistence.Accounts;
import io.voice2face.gateway.persistence.JsonColumn;
import io.voice2face.gateway.persistence.RequestRow;
import io.voice2face.gateway.persistence.Requests;
import io.voice2face.gateway.persistence.ResultRow;
import io.voice2face.gateway.persistence.Results;
import io.voice2face.storage.client.StorageClient;
import io.voice2face.storage.client.StorageException;

/** Takes requests in: media into storage first, then row and event in one transaction. */
@ApplicationScoped
public class RequestIntake {
    private static final Logger LOG = Logger.getLogger(RequestIntake.class);

    private final Transactions transactions;
    private final Accounts accounts;
    private final Requests requests;
    private final Results results;
    private final Attempts attempts;
    private final Idempotency idempotency;
    private final Quota quota;
    private final Views views;
    private final OutboxRelay relay;
    private final Templates templates;
    private final StorageClient storage;

    RequestIntake(
            Transactions transactions,
            Accounts accounts,
            Requests requests,
            Results results,
            Attempts attempts,
            Idempotency idempotency,
            Quota quota,
            Views views,
            OutboxRelay relay,
            Templates templates,
            StorageClient storage) {
        this.transactions = transactions;
        this.accounts = accounts;
        this.requests = requests;
        this.results = results;
        this.attempts = attempts;
        this.idempotency = idempotency;
        this.quota = quota;
        this.views = views;
        this.relay = relay;
        this.templates = templates;
        this.storage = storage;
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
                                        : quota.requireRoom(owner.id).replaceWith(Optional.<RequestView>empty())))
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
                .onFailure(failure -> failure instanceof ApiProblem
                        || failure instanceof StorageException
                        || Idempotency.isKeyTaken(failure))
                .call(() -> storage.erase(requestId)
                        .onFailure()
                        .invoke(left -> LOG.warnf("left to the orphan sweep: %s", left.getMessage()))
                        .onFailure()
                        .recoverWithNull())
                // two calls with one key at the same time: the second finds what the first made
                .onFailure(Idempotency::isKeyTaken)
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
        Instant now = Now.asKept();
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
        request.gifPreview = submission.gifPreview();
        request.templateId = target.templateId().orElse(null);
        request.voice = JsonColumn.write(voice);
        request.target = JsonColumn.write(target.object());
        request.traceparent = trace.traceparent().orElse(null);
        ResultRow result = Attempts.attempt(requestId, 1, now);
        request.latestResultId = result.id;
        return accounts.locked(owner)
                .invoke(account -> account.orElseThrow(ApiProblem::unauthorized))
                .chain(() -> quota.requireRoom(owner))
                .chain(() -> requests.persist(request))
                .chain(() -> results.persist(result))
                .chain(() -> idempotency.remember(owner, submission.idempotencyKey(), fingerprint, request))
                .chain(() -> attempts.begin(request, result, trace))
                .chain(() -> views.of(request));
    }

    private Uni<Optional<RequestRow>> earlier(UUID owner, Optional<String> key, String fingerprint) {
        return idempotency
                .earlier(owner, key, fingerprint)
                .chain(found -> found.isPresent()
                        ? requests.owned(found.get().requestId, owner)
                        : Uni.createFrom().item(Optional.empty()));
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
