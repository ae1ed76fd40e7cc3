package io.voice2face.messaging;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.reactive.messaging.TracingMetadata;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import io.vertx.core.Vertx;
import io.voice2face.contracts.EventJson;
import io.voice2face.contracts.Topic;
import io.voice2face.contracts.event.MeshEvent;
import io.voice2face.messaging.MeshMetrics.EventOutcome;

import com.fasterxml.jackson.core.JsonProcessingException;

/**
 * Takes a record from a channel through the handler to its acknowledgement. See {@link #consume}.
 *
 * <p>Whatever happens, the channel goes on: there is no failure that stops it. A record is left unacknowledged only if
 * the process stops first; it is then delivered again.
 */
@ApplicationScoped
public class EventConsumer {
    private static final Logger LOG = Logger.getLogger(EventConsumer.class);

    private final EventPublisher publisher;
    private final MeshMetrics metrics;
    private final MessagingSettings settings;
    private final RetryPolicy retry;
    private final OpenTelemetry telemetry;
    private final String service;
    private final Map<Topic, Slots> slots = new ConcurrentHashMap<>();
    private volatile boolean stopping;

    EventConsumer(
            EventPublisher publisher,
            MeshMetrics metrics,
            MessagingSettings settings,
            OpenTelemetry telemetry,
            @ConfigProperty(name = "quarkus.application.name") String service) {
        this.publisher = publisher;
        this.metrics = metrics;
        this.settings = settings;
        this.retry = new RetryPolicy(settings.retry());
        this.telemetry = telemetry;
        this.service = service;
    }

    /**
     * Parses the record into the event, runs the handler, retries, dead-letters, acknowledges.
     *
     * <ul>
     *   <li>A record that is not such an event goes to {@code <topic>-dlq} at once, with its bytes, key and headers.
     *   <li>A failure of the handler is retried with exponential back-off and jitter, see
     *       {@link MessagingSettings.Retry}; then {@link EventHandler#giveUp} is called and the record dead-lettered.
     *   <li>{@link PermanentFailureException}: not retried.
     *   <li>The record is acknowledged when the handler, or the dead letter, is through.
     *   <li>{@code requestId}, {@code resultId} and {@code traceId} are in the log context and the producer's trace is
     *       the current one while the handler runs.
     * </ul>
     *
     * @return completes when the work has begun, which is as soon as one of the topic's slots
     *     ({@code v2f.messaging.concurrency.<topic>}, default 1) is free; to be returned by the {@code @Incoming} method
     */
    public <E extends MeshEvent> Uni<Void> consume(Message<byte[]> message, Class<E> type, EventHandler<E> handler) {
        Topic topic = Topic.carrying(type);
        Executor context = currentContext();
        return Uni.createFrom().emitter(emitter -> slots(topic).acquire(() -> {
            context.execute(() -> process(new Job<>(message, topic, type, handler, context)));
            emitter.complete(null);
        }));
    }

    void stop(@Observes ShutdownEvent event) {
        stopping = true;
    }

    private Slots slots(Topic topic) {
        return slots.computeIfAbsent(
                topic, name -> new Slots(settings.concurrency().getOrDefault(name.topicName(), 1)));
    }

    private static Executor currentContext() {
        io.vertx.core.Context context = Vertx.currentContext();
        return context == null ? Runnable::run : task -> context.runOnContext(ignored -> task.run());
    }

    private <E extends MeshEvent> void process(Job<E> job) {
        Context trace = traceOf(job.message);
        // Not closed: the scope lives in the Vert.x context of this one record, and ends with it.
        trace.makeCurrent();
        Uni.createFrom()
                .deferred(() -> work(job))
                .onTermination()
                .invoke(() -> slots(job.topic).release())
                .subscribe()
                .with(
                        done -> {},
                        failure -> LOG.warnf(
                                "%s left unacknowledged, it will be delivered again: %s",
                                job.topic.topicName(), failure));
    }

    private <E extends MeshEvent> Uni<Void> work(Job<E> job) {
        if (job.isForAnother(service)) {
            metrics.event(job.topic.topicName(), EventOutcome.IGNORED);
            return job.acknowledge();
        }
        E event;
        try {
            event = job.parse();
        } catch (IOException | RuntimeException unreadable) {
            return deadLetter(job, "poison", unreadable, 0).chain(job::acknowledge);
        }
        MDC.put("requestId", event.requestId().toString());
        MDC.put("resultId", event.subject().toString());
        Instant begun = Instant.now();
        metrics.queueAge(job.topic.topicName(), Duration.between(job.publishedAt(), begun));
        return attempt(job, event, 1, begun).chain(job::acknowledge);
    }

    private <E extends MeshEvent> Uni<Void> attempt(Job<E> job, E event, int attempt, Instant begun) {
        return Uni.createFrom()
                .deferred(() -> job.handler.handle(event, job.delivery(attempt)))
                .emitOn(job.context)
                .invoke(() -> processed(job, begun))
                .onFailure()
                .recoverWithUni(failure -> afterFailure(job, event, attempt, begun, failure));
    }

    private void processed(Job<?> job, Instant begun) {
        metrics.event(job.topic.topicName(), EventOutcome.PROCESSED);
        // so that every service's log says what became of a request; progress would only fill it
        Logger.Level level = job.topic == Topic.JOB_PROGRESSED ? Logger.Level.DEBUG : Logger.Level.INFO;
        LOG.logf(
                level,
                "%s processed in %d ms",
                job.topic.topicName(),
                Duration.between(begun, Instant.now()).toMillis());
    }

    private <E extends MeshEvent> Uni<Void> afterFailure(
            Job<E> job, E event, int attempt, Instant begun, Throwable failure) {
        if (stopping) {
            return Uni.createFrom().failure(failure);
        }
        Optional<Duration> wait = retry.waitBeforeRetry(failure, attempt, Duration.between(begun, Instant.now()));
        if (wait.isPresent()) {
            LOG.warnf(
                    "%s: attempt %d failed, next in %d ms: %s",
                    job.topic.topicName(), attempt, wait.get().toMillis(), failure);
            LOG.debug("failed attempt", failure);
            metrics.event(job.topic.topicName(), EventOutcome.RETRIED);
            return after(wait.get(), job.context).chain(() -> attempt(job, event, attempt + 1, begun));
        }
        boolean permanent = RetryPolicy.permanent(failure).isPresent();
        LOG.errorf(failure, "%s: given up after %d attempts", job.topic.topicName(), attempt);
        return untilItWorks(job, () -> job.handler.giveUp(event, failure))
                .chain(() -> deadLetter(job, permanent ? "poison" : "exhausted", failure, attempt));
    }

    private Uni<Void> deadLetter(Job<?> job, String kind, Throwable failure, int attempts) {
        ProducerRecord<byte[], byte[]> letter = job.deadLetter(kind, failure, attempts, service);
        LOG.warnf(
                "%s@%d/%d dead-lettered as %s: %s",
                job.topic.topicName(), job.partition(), job.offset(), kind, reason(failure));
        return untilItWorks(job, () -> publisher.send(letter))
                .invoke(() -> metrics.event(job.topic.topicName(), EventOutcome.DEAD_LETTERED));
    }

    /** What must not be given up: the record stays unacknowledged until it has worked. */
    private Uni<Void> untilItWorks(Job<?> job, Supplier<Uni<Void>> step) {
        return untilItWorks(job, step, 1);
    }

    private Uni<Void> untilItWorks(Job<?> job, Supplier<Uni<Void>> step, int attempt) {
        return Uni.createFrom()
                .deferred(step::get)
                .emitOn(job.context)
                .onFailure()
                .recoverWithUni(failure -> {
                    if (stopping) {
                        return Uni.createFrom().failure(failure);
                    }
                    LOG.warnf("%s: cannot say that it failed, trying again: %s", job.topic.topicName(), failure);
                    return after(retry.delay(attempt), job.context).chain(() -> untilItWorks(job, step, attempt + 1));
                });
    }

    private static Uni<Void> after(Duration wait, Executor context) {
        return Uni.createFrom()
                .voidItem()
                .onItem()
                .delayIt()
                .onExecutor(Infrastructure.getDefaultWorkerPool())
                .by(wait.isZero() ? Duration.ofMillis(1) : wait)
                .emitOn(context);
    }

    private static String reason(Throwable failure) {
        // Without Jackson's second line, which only says where in the source it was.
        String message =
                failure instanceof JsonProcessingException json ? json.getOriginalMessage() : failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }

    /** The consumer span that the connector began, else the producer's trace out of the headers. */
    private Context traceOf(Message<byte[]> message) {
        return TracingMetadata.fromMessage(message)
                .map(TracingMetadata::getCurrentContext)
                .orElseGet(() ->
                        telemetry.getPropagators().getTextMapPropagator().extract(Context.root(), message, HEADERS));
    }

    private static final TextMapGetter<Message<byte[]>> HEADERS = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Message<byte[]> message) {
            return recordOf(message)
                    .map(record -> StreamSupport.stream(record.headers().spliterator(), false)
                            .map(Header::key)
                            .toList())
                    .orElse(List.of());
        }

        @Override
        public String get(Message<byte[]> message, String key) {
            return recordOf(message).flatMap(record -> header(record, key)).orElse(null);
        }
    };

    private static Optional<ConsumerRecord<?, ?>> recordOf(Message<byte[]> message) {
        return message.getMetadata(IncomingKafkaRecordMetadata.class).map(IncomingKafkaRecordMetadata::getRecord);
    }

    private static Optional<String> header(ConsumerRecord<?, ?> record, String name) {
        return Optional.ofNullable(record.headers().lastHeader(name))
                .map(Header::value)
                .map(value -> new String(value, StandardCharsets.UTF_8));
    }

    /** One record on its way. */
    private record Job<E extends MeshEvent>(
            Message<byte[]> message, Topic topic, Class<E> type, EventHandler<E> handler, Executor context) {

        boolean isForAnother(String service) {
            return headerValue(EventHeaders.REPLAY_FOR)
                    .map(wanted -> !wanted.equals(service))
                    .orElse(false);
        }

        E parse() throws IOException {
            byte[] data = message.getPayload();
            if (data == null || data.length == 0) {
                throw new IOException("the record has no data");
            }
            Optional<String> cloudEventType = headerValue(EventHeaders.TYPE);
            if (cloudEventType.isPresent() && !cloudEventType.get().equals(topic.cloudEventType())) {
                throw new IOException(
                        "ce_type is " + cloudEventType.get() + ", this topic carries " + topic.cloudEventType());
            }
            return EventJson.read(data, type);
        }

        Delivery delivery(int attempt) {
            return new Delivery(topic, attempt, publishedAt(), headerValue(EventHeaders.ID));
        }

        Instant publishedAt() {
            return recordOf(message)
                    .map(record -> Instant.ofEpochMilli(record.timestamp()))
                    .orElseGet(Instant::now);
        }

        int partition() {
            return recordOf(message).map(ConsumerRecord::partition).orElse(-1);
        }

        long offset() {
            return recordOf(message).map(ConsumerRecord::offset).orElse(-1L);
        }

        Optional<String> headerValue(String name) {
            return recordOf(message).flatMap(record -> header(record, name));
        }

        Uni<Void> acknowledge() {
            return Uni.createFrom().completionStage(message::ack);
        }

        ProducerRecord<byte[], byte[]> deadLetter(String kind, Throwable failure, int attempts, String service) {
            byte[] key = recordOf(message)
                    .map(ConsumerRecord::key)
                    .map(value -> value instanceof byte[] bytes
                            ? bytes
                            : value.toString().getBytes(StandardCharsets.UTF_8))
                    .orElse(null);
            ProducerRecord<byte[], byte[]> letter =
                    new ProducerRecord<>(topic.deadLetterTopicName(), key, message.getPayload());
            recordOf(message).ifPresent(record -> record.headers().forEach(letter.headers()::add));
            DeadLetter.describe(letter.headers(), EventHeaders.DEAD_LETTER_REASON, reason(failure));
            DeadLetter.describe(letter.headers(), EventHeaders.DEAD_LETTER_KIND, kind);
            DeadLetter.describe(
                    letter.headers(),
                    EventHeaders.DEAD_LETTER_EXCEPTION,
                    failure.getClass().getName());
            DeadLetter.describe(letter.headers(), EventHeaders.DEAD_LETTER_TOPIC, topic.topicName());
            DeadLetter.describe(letter.headers(), EventHeaders.DEAD_LETTER_PARTITION, String.valueOf(partition()));
            DeadLetter.describe(letter.headers(), EventHeaders.DEAD_LETTER_OFFSET, String.valueOf(offset()));
            DeadLetter.describe(letter.headers(), EventHeaders.DEAD_LETTER_CONSUMER, service);
            DeadLetter.describe(letter.headers(), EventHeaders.DEAD_LETTER_ATTEMPTS, String.valueOf(attempts));
            DeadLetter.describe(
                    letter.headers(),
                    EventHeaders.DEAD_LETTER_TIME,
                    Instant.now().toString());
            return letter;
        }
    }
}
