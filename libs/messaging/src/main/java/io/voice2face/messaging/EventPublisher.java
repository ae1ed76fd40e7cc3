package io.voice2face.messaging;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import io.quarkus.runtime.Startup;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.voice2face.contracts.EventJson;
import io.voice2face.contracts.Topic;
import io.voice2face.contracts.event.JobProgressed;
import io.voice2face.contracts.event.MeshEvent;

/**
 * Sends events as CloudEvents 1.0 in binary mode, keyed by request id, with the current trace. One idempotent producer
 * with {@code acks=all} for all topics; its calls are made on a thread of its own, since {@code send} may block while it
 * looks for the broker.
 */
@Startup
@ApplicationScoped
public class EventPublisher {
    private static final Logger LOG = Logger.getLogger(EventPublisher.class);

    private final Producer<byte[], byte[]> producer;
    private final ExecutorService sender;
    private final AtomicInteger pendingProgress = new AtomicInteger();
    private final int maxPendingProgress;
    private final String source;
    private final OpenTelemetry telemetry;

    EventPublisher(
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            @ConfigProperty(name = "quarkus.application.name") String service,
            MessagingSettings settings,
            OpenTelemetry telemetry) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ProducerConfig.CLIENT_ID_CONFIG, service + "-events");
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
        config.put(
                ProducerConfig.MAX_BLOCK_MS_CONFIG, settings.deliveryTimeout().toMillis());
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.min(10_000, (int)
                settings.deliveryTimeout().toMillis()));
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int)
                settings.deliveryTimeout().toMillis());
        config.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        this.producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        this.sender = Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, "event-publisher");
            thread.setDaemon(true);
            return thread;
        });
        this.source = "/" + service;
        this.maxPendingProgress = settings.maxPendingProgress();
        this.telemetry = telemetry;
    }

    /** Sends an event; completes when the broker has acknowledged it. */
    public Uni<Void> publish(MeshEvent event) {
        return Uni.createFrom().deferred(() -> send(record(event)));
    }

    /** Sends a progress event and forgets it; dropped if too many wait for the broker. */
    public void announce(JobProgressed event) {
        if (pendingProgress.incrementAndGet() > maxPendingProgress) {
            pendingProgress.decrementAndGet();
            return;
        }
        send(record(event))
                .onTermination()
                .invoke(pendingProgress::decrementAndGet)
                .subscribe()
                .with(done -> {}, failure -> LOG.debugf("progress event not sent: %s", failure.getMessage()));
    }

    /** The record of an event, with the current time and trace; for an outbox row that is sent later. */
    public EventRecord record(MeshEvent event) {
        Topic topic = Topic.of(event);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(EventHeaders.SPEC_VERSION, "1.0");
        headers.put(EventHeaders.ID, event.eventId().toString());
        headers.put(EventHeaders.TYPE, topic.cloudEventType());
        headers.put(EventHeaders.SOURCE, source);
        headers.put(EventHeaders.TIME, Instant.now().toString());
        headers.put(EventHeaders.SUBJECT, event.subject().toString());
        headers.put(EventHeaders.CONTENT_TYPE, "application/json");
        telemetry.getPropagators().getTextMapPropagator().inject(Context.current(), headers, Map::put);
        return new EventRecord(topic.topicName(), event.requestId().toString(), EventJson.write(event), headers);
    }

    /** Sends a record as it is; completes when the broker has acknowledged it. */
    public Uni<Void> send(EventRecord event) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(event.topic(), event.key().getBytes(StandardCharsets.UTF_8), event.value());
        event.headers().forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        return send(record);
    }

    /** Sends a dead letter back to the topic it came from, for the service that could not process it. */
    public Uni<Void> replay(DeadLetter letter) {
        return send(letter.replay());
    }

    Uni<Void> send(ProducerRecord<byte[], byte[]> record) {
        return Uni.createFrom().deferred(() -> {
            io.vertx.core.Context caller = Vertx.currentContext();
            Uni<Void> sent = Uni.createFrom()
                    .emitter(emitter -> sender.execute(() -> {
                        try {
                            producer.send(record, (metadata, failure) -> {
                                if (failure == null) {
                                    emitter.complete(null);
                                } else {
                                    emitter.fail(failure);
                                }
                            });
                        } catch (RuntimeException failure) {
                            emitter.fail(failure);
                        }
                    }));
            return caller == null ? sent : sent.emitOn(task -> caller.runOnContext(ignored -> task.run()));
        });
    }

    @PreDestroy
    void close() {
        sender.shutdown();
        producer.close(Duration.ofSeconds(5));
    }
}
