package io.voice2face.gateway.service;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.Topic;
import io.voice2face.contracts.event.JobProgressed;
import io.voice2face.contracts.event.MediaKind;
import io.voice2face.contracts.event.MeshEvent;
import io.voice2face.contracts.event.RequestCompleted;
import io.voice2face.contracts.event.Variant;
import io.voice2face.gateway.domain.Clip;
import io.voice2face.gateway.domain.Failure;
import io.voice2face.gateway.domain.Job;
import io.voice2face.gateway.domain.JobMachine;
import io.voice2face.gateway.domain.Progress;
import io.voice2face.gateway.domain.Transition;
import io.voice2face.gateway.domain.VariantJob;
import io.voice2face.gateway.messaging.OutboxRelay;
import io.voice2face.gateway.persistence.JsonColumn;
import io.voice2face.gateway.persistence.RequestRow;
import io.voice2face.gateway.persistence.Requests;
import io.voice2face.gateway.persistence.ResultRow;
import io.voice2face.gateway.persistence.Results;
import io.voice2face.messaging.MeshMetrics;

/**
 * Moves jobs by events: takes the request's lock, asks the state machine, and writes job, log and what is to be sent in
 * one transaction. Doing it twice is doing it once.
 */
@ApplicationScoped
public class JobProgression {
    /** Counter: events that did not move a job. Tags {@code topic}, {@code why}. */
    public static final String IGNORED = "v2f.job.events.ignored";

    private static final Logger LOG = Logger.getLogger(JobProgression.class);

    private final Transactions transactions;
    private final Requests requests;
    private final Results results;
    private final RequestLog log;
    private final Outbox outbox;
    private final OutboxRelay relay;
    private final WebhookQueue webhooks;
    private final MeshMetrics metrics;
    private final MeterRegistry registry;
    private final JobMachine machine = new JobMachine();

    JobProgression(
            Transactions transactions,
            Requests requests,
            Results results,
            RequestLog log,
            Outbox outbox,
            OutboxRelay relay,
            WebhookQueue webhooks,
            MeshMetrics metrics,
            MeterRegistry registry) {
        this.transactions = transactions;
        this.requests = requests;
        this.results = results;
        this.log = log;
        this.outbox = outbox;
        this.relay = relay;
        this.webhooks = webhooks;
        this.metrics = metrics;
        this.registry = registry;
    }

    /** Takes in an event about a result; completes when what it changes is committed. */
    public Uni<Void> on(MeshEvent event, UUID resultId) {
        Trace trace = Trace.current();
        String topic = Topic.of(event).topicName();
        return transactions
                .run(() -> requests.locked(event.requestId())
                        .chain(request -> request.isEmpty()
                                ? ignored("erased")
                                : onKnownRequest(request.get(), resultId, event, topic, trace)))
                .invoke(outcome -> settle(topic, outcome))
                .replaceWithVoid();
    }

    /** Cancels the latest result of a locked request; to be called in a transaction. */
    Uni<Transition> cancel(RequestRow request, Trace trace) {
        return results.of(request.id, request.latestResultId)
                .chain(result -> advance(request, result.orElseThrow(), machine::cancel, trace))
                .map(outcome -> outcome.transition().orElseThrow());
    }

    /** Ends a result that nothing was heard of for too long. */
    Uni<Void> stall(UUID requestId, UUID resultId) {
        return transactions
                .run(() -> requests.locked(requestId)
                        .chain(request -> request.isEmpty()
                                ? ignored("erased")
                                : results.of(requestId, resultId)
                                        .chain(result -> advance(
                                                request.get(),
                                                result.orElseThrow(),
                                                machine::stall,
                                                traceOf(request.get())))))
                .invoke(outcome -> settle("watchdog", outcome))
                .replaceWithVoid();
    }

    private static Trace traceOf(RequestRow request) {
        return Trace.of(Optional.ofNullable(request.traceparent));
    }

    private Uni<Outcome> onKnownRequest(RequestRow request, UUID resultId, MeshEvent event, String topic, Trace trace) {
        if (event instanceof JobProgressed) {
            // told several times a second and harmless when told twice: not worth a row each
            return onNewEvent(request, resultId, event, trace);
        }
        UUID eventId = event.eventId();
        return alreadyTaken(eventId)
                .chain(taken -> taken
                        ? ignored("repeated")
                        : onNewEvent(request, resultId, event, trace)
                                .call(outcome -> remember(eventId, request.id, topic, outcome)));
    }

    private Uni<Outcome> onNewEvent(RequestRow request, UUID resultId, MeshEvent event, Trace trace) {
        return results.of(request.id, resultId)
                .chain(result -> result.isEmpty()
                        ? ignored("unknown_result")
                        : advance(request, result.get(), job -> machine.apply(job, event), trace)
                                .call(outcome -> progress(request, event, outcome)));
    }

    private Uni<Outcome> advance(RequestRow request, ResultRow result, Function<Job, Transition> step, Trace trace) {
        Transition transition = step.apply(result.job());
        if (transition instanceof Transition.Ignored ignored) {
            return Uni.createFrom()
                    .item(new Outcome(
                            Optional.of(transition), ignored.why().name().toLowerCase(Locale.ROOT), Duration.ZERO));
        }
        Transition.Applied applied = (Transition.Applied) transition;
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        result.keep(applied.job(), now);
        if (result.id.equals(request.latestResultId)) {
            request.state = applied.job().state();
            if (applied.ended()) {
                request.progress = null;
            }
        }
        request.updatedAt = now;
        Uni<Void> written =
                applied.visible() ? log.state(request) : Uni.createFrom().voidItem();
        if (applied.ended()) {
            RequestCompleted completed = completed(request, result);
            written = written.chain(() -> outbox.add(completed, trace))
                    .chain(() -> webhooks.add(request.ownerId, completed));
        }
        return written.replaceWith(
                new Outcome(Optional.of(transition), "applied", Duration.between(result.createdAt, now)));
    }

    private Uni<Void> progress(RequestRow request, MeshEvent event, Outcome outcome) {
        if (event instanceof JobProgressed progressed
                && outcome.applied().isPresent()
                && progressed.resultId().equals(request.latestResultId)) {
            Progress progress = Progress.of(progressed);
            if (request.progress().filter(progress::isNotBeyond).isPresent()) {
                return Uni.createFrom().voidItem();
            }
            request.progress = JsonColumn.write(progress);
            return log.progress(request, progress);
        }
        return Uni.createFrom().voidItem();
    }

    private Uni<Boolean> alreadyTaken(UUID eventId) {
        return Panache.getSession()
                .chain(session -> session.createNativeQuery(
                                "select count(*) from processed_event where event_id = ?1", Long.class)
                        .setParameter(1, eventId)
                        .getSingleResult())
                .map(count -> count > 0);
    }

    private Uni<Void> remember(UUID eventId, UUID requestId, String topic, Outcome outcome) {
        return Panache.getSession()
                .chain(session -> session.createNativeQuery(
                                "insert into processed_event (event_id, request_id, topic, outcome, processed_at)"
                                        + " values (?1, ?2, ?3, ?4, ?5)")
                        .setParameter(1, eventId)
                        .setParameter(2, requestId)
                        .setParameter(3, topic)
                        .setParameter(4, outcome.what())
                        .setParameter(5, Instant.now())
                        .executeUpdate())
                .replaceWithVoid();
    }

    private static Uni<Outcome> ignored(String why) {
        return Uni.createFrom().item(new Outcome(Optional.empty(), why, Duration.ZERO));
    }

    private void settle(String topic, Outcome outcome) {
        if (outcome.applied().isPresent()) {
            outcome.applied()
                    .filter(Transition.Applied::ended)
                    .ifPresent(applied -> ended(applied.job(), outcome.sinceCreation()));
        } else {
            registry.counter(IGNORED, "topic", topic, "why", outcome.what()).increment();
            LOG.debugf("%s ignored: %s", topic, outcome.what());
        }
    }

    /** Counts the end of a job, and has its event sent. */
    void ended(Job job, Duration sinceCreation) {
        String outcome = job.state().name().toLowerCase(Locale.ROOT);
        metrics.job(outcome);
        metrics.stage("request", outcome, sinceCreation);
        relay.wake();
    }

    private static RequestCompleted completed(RequestRow request, ResultRow result) {
        Job job = result.job();
        List<RequestCompleted.VariantMedia> media = new ArrayList<>();
        for (Variant variant : Variant.values()) {
            VariantJob made = job.variant(variant);
            made.face()
                    .filter(face -> made.faceStored())
                    .ifPresent(face ->
                            media.add(new RequestCompleted.VariantMedia(variant, MediaKind.FACE, face.picture())));
            made.clip().filter(clip -> made.clipStored()).ifPresent(clip -> addClip(media, variant, clip));
        }
        return new RequestCompleted(
                request.id,
                result.id,
                job.state(),
                job.failure().map(Failure::reason),
                media,
                result.completedAt().orElseThrow());
    }

    private static void addClip(List<RequestCompleted.VariantMedia> media, Variant variant, Clip clip) {
        media.add(new RequestCompleted.VariantMedia(variant, MediaKind.CLIP, clip.clip()));
        clip.gif().ifPresent(gif -> media.add(new RequestCompleted.VariantMedia(variant, MediaKind.GIF, gif)));
        clip.poster()
                .ifPresent(poster -> media.add(new RequestCompleted.VariantMedia(variant, MediaKind.POSTER, poster)));
    }

    /** What became of an event. */
    private record Outcome(Optional<Transition> transition, String what, Duration sinceCreation) {
        Optional<Transition.Applied> applied() {
            return transition.filter(Transition.Applied.class::isInstance).map(Transition.Applied.class::cast);
        }
    }
}
