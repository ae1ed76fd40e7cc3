package io.voice2face.messaging;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.inject.Inject;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.MDC;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.voice2face.contracts.EventJson;
import io.voice2face.contracts.Topic;
import io.voice2face.contracts.event.JobProgressed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@QuarkusTest
@WithTestResource(EmbeddedBroker.class)
class EventDeliveryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Inject
    EventPublisher publisher;

    @Inject
    TestListeners listeners;

    @Inject
    OpenTelemetry telemetry;

    @Inject
    MeterRegistry meters;

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String broker;

    private final UUID requestId = UUID.randomUUID();

    @BeforeEach
    void listenersHaveTheirPartitions() {
        await().atMost(PATIENCE).until(() -> {
            UUID probe = UUID.randomUUID();
            publish(Topic.VOICE_SUBMITTED, probe);
            publish(Topic.REQUEST_COMPLETED, probe);
            await().atMost(PATIENCE).until(() -> listeners.callsFor(probe).size() >= 2);
            return true;
        });
    }

    @ParameterizedTest
    @EnumSource(Topic.class)
    void poisonGoesToTheDeadLetterTopicAsItWasAndTheNextRecordIsProcessed(Topic topic) {
        byte[] key = {(byte) 0xff, 0, 7};
        byte[] poison = "{\"requestId\": \u0000 not json".getBytes(StandardCharsets.UTF_8);
        int partition = 2;
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic.topicName(), partition, key, poison);
        record.headers().add("ce_id", "poison-1".getBytes(StandardCharsets.UTF_8));
        record.headers().add("binary", new byte[] {0, 1, (byte) 0xfe});
        RecordMetadata sent = send(record);
        send(new ProducerRecord<>(topic.topicName(), partition, null, EventJson.write(Events.of(topic, requestId))));

        ConsumerRecord<byte[], byte[]> letter = deadLetterOf(sent);

        assertThat(letter.value()).isEqualTo(poison);
        assertThat(letter.key()).isEqualTo(key);
        assertThat(letter.headers().lastHeader("binary").value()).isEqualTo(new byte[] {0, 1, (byte) 0xfe});
        assertThat(header(letter, "ce_id")).isEqualTo("poison-1");
        assertThat(header(letter, EventHeaders.DEAD_LETTER_TOPIC)).isEqualTo(topic.topicName());
        assertThat(header(letter, EventHeaders.DEAD_LETTER_PARTITION)).isEqualTo("2");
        assertThat(header(letter, EventHeaders.DEAD_LETTER_KIND)).isEqualTo("poison");
        assertThat(header(letter, EventHeaders.DEAD_LETTER_REASON)).isNotBlank();
        assertThat(header(letter, EventHeaders.DEAD_LETTER_CONSUMER)).isEqualTo("test-service");
        await().atMost(PATIENCE).until(() -> listeners.callsFor(requestId).size() == 1);
    }

    @Test
    void aRecordWithoutARequiredFieldIsPoisonAndSaysWhich() {
        RecordMetadata sent = send(new ProducerRecord<>(
                Topic.REQUEST_ERASED.topicName(),
                null,
                ("{\"requestId\":\"" + requestId + "\"}").getBytes(StandardCharsets.UTF_8)));

        assertThat(header(deadLetterOf(sent), EventHeaders.DEAD_LETTER_REASON)).contains("erasedAt");
        assertThat(listeners.callsFor(requestId)).isEmpty();
    }

    @Test
    void aTombstoneIsPoison() {
        RecordMetadata sent = send(new ProducerRecord<>(Topic.MEDIA_STORED.topicName(), new byte[] {1}, null));

        ConsumerRecord<byte[], byte[]> letter = deadLetterOf(sent);
        assertThat(letter.value()).isNull();
        assertThat(letter.key()).isEqualTo(new byte[] {1});
    }

    @Test
    void anotherCloudEventsTypeIsPoison() {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                Topic.MEDIA_STORED.topicName(), EventJson.write(Events.of(Topic.MEDIA_STORED, requestId)));
        record.headers().add(EventHeaders.TYPE, "io.voice2face.media-stored.v9".getBytes(StandardCharsets.UTF_8));

        assertThat(header(deadLetterOf(send(record)), EventHeaders.DEAD_LETTER_REASON))
                .contains("v9");
    }

    @Test
    void whatFailsAtFirstIsTriedAgain() {
        double retriedBefore = counted("retried");
        listeners
                .behaviour()
                .put(
                        requestId,
                        call -> call.delivery().attempt() < 3
                                ? Uni.createFrom().failure(new IllegalStateException("not yet"))
                                : Uni.createFrom().voidItem());

        publish(Topic.VOICE_SUBMITTED, requestId);

        await().atMost(PATIENCE).until(() -> listeners.callsFor(requestId).size() == 3);
        publish(Topic.VOICE_SUBMITTED, UUID.randomUUID());
        assertThat(listeners.givenUp()).doesNotContain(requestId);
        assertThat(counted("retried") - retriedBefore).isEqualTo(2);
    }

    @Test
    void whatNeverSucceedsIsGivenUpAndDeadLettered() {
        listeners.behaviour().put(requestId, call -> Uni.createFrom()
                .failure(new IllegalStateException("the model is broken")));

        publish(Topic.FACE_GENERATED, requestId);

        ConsumerRecord<byte[], byte[]> letter = deadLetterOf(Topic.FACE_GENERATED, requestId);
        assertThat(header(letter, EventHeaders.DEAD_LETTER_REASON)).isEqualTo("the model is broken");
        assertThat(header(letter, EventHeaders.DEAD_LETTER_KIND)).isEqualTo("exhausted");
        assertThat(header(letter, EventHeaders.DEAD_LETTER_ATTEMPTS)).isEqualTo("3");
        assertThat(listeners.callsFor(requestId)).hasSize(3);
        assertThat(listeners.givenUp()).containsOnlyOnce(requestId);
    }

    @Test
    void aPermanentFailureIsNotTriedAgain() {
        listeners.behaviour().put(requestId, call -> {
            throw new PermanentFailureException("there is no such thing");
        });

        publish(Topic.FACE_GENERATED, requestId);

        ConsumerRecord<byte[], byte[]> letter = deadLetterOf(Topic.FACE_GENERATED, requestId);
        assertThat(header(letter, EventHeaders.DEAD_LETTER_ATTEMPTS)).isEqualTo("1");
        assertThat(listeners.callsFor(requestId)).hasSize(1);
    }

    @Test
    void aDeadLetterCanBeReplayedForTheServiceThatGaveUp() {
        listeners.behaviour().put(requestId, call -> {
            throw new PermanentFailureException("configuration missing");
        });
        publish(Topic.JOB_FAILED, requestId);
        ConsumerRecord<byte[], byte[]> letter = deadLetterOf(Topic.JOB_FAILED, requestId);
        listeners.behaviour().remove(requestId);

        publisher.replay(new DeadLetter(letter)).await().atMost(PATIENCE);

        await().atMost(PATIENCE).until(() -> listeners.callsFor(requestId).size() == 2);
    }

    @Test
    void aReplayForAnotherServiceIsPassedOver() {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                Topic.JOB_FAILED.topicName(), 1, null, EventJson.write(Events.of(Topic.JOB_FAILED, requestId)));
        record.headers().add(EventHeaders.REPLAY_FOR, "faceswap-service".getBytes(StandardCharsets.UTF_8));
        send(record);
        UUID next = UUID.randomUUID();
        send(new ProducerRecord<>(
                Topic.JOB_FAILED.topicName(), 1, null, EventJson.write(Events.of(Topic.JOB_FAILED, next))));

        await().atMost(PATIENCE).until(() -> !listeners.callsFor(next).isEmpty());
        assertThat(listeners.callsFor(requestId)).isEmpty();
    }

    @Test
    void aRecordIsAcknowledgedOnlyWhenTheWorkIsDone() throws Exception {
        CompletableFuture<Void> work = new CompletableFuture<>();
        listeners.behaviour().put(requestId, call -> Uni.createFrom().completionStage(work));
        RecordMetadata sent = send(new ProducerRecord<>(
                Topic.MEDIA_STORED.topicName(), 0, null, EventJson.write(Events.of(Topic.MEDIA_STORED, requestId))));
        // The same channel acknowledges in another partition meanwhile, so commits do happen.
        await().atMost(PATIENCE).until(() -> !listeners.callsFor(requestId).isEmpty());
        assertThat(committed(sent)).isLessThanOrEqualTo(sent.offset());

        work.complete(null);

        await().atMost(PATIENCE).until(() -> committed(sent) == sent.offset() + 1);
    }

    @Test
    void aTopicWithTwoSlotsIsWorkedOnTwiceAtOnceAndNotMore() {
        CompletableFuture<Void> work = new CompletableFuture<>();
        List<UUID> requests = List.of(UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID());
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        requests.forEach(request -> listeners.behaviour().put(request, call -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            return Uni.createFrom().completionStage(work).onTermination().invoke(running::decrementAndGet);
        }));

        requests.forEach(request -> publish(Topic.VIDEO_SWAPPED, request));
        await().atMost(PATIENCE).until(() -> running.get() == 2);
        work.complete(null);

        await().atMost(PATIENCE).until(() -> requests.stream()
                .noneMatch(r -> listeners.callsFor(r).isEmpty()));
        assertThat(most).hasValue(2);
    }

    @Test
    void theTraceAndTheLogContextGoFromThePublisherIntoTheWorkersThreads() {
        List<String> traces = new CopyOnWriteArrayList<>();
        List<Object> requestIds = new CopyOnWriteArrayList<>();
        List<Object> logTraces = new CopyOnWriteArrayList<>();
        try (WorkerPool pool = new WorkerPool("test-worker", 1, 10, Duration.ofSeconds(1))) {
            Runnable note = () -> {
                traces.add(Span.current().getSpanContext().getTraceId());
                requestIds.add(MDC.get("requestId"));
                logTraces.add(MDC.get("traceId"));
            };
            listeners.behaviour().put(requestId, call -> {
                note.run();
                assertThat(Vertx.currentContext()).isNotNull();
                return pool.run(() -> {
                            note.run();
                            return null;
                        })
                        .invoke(note)
                        .replaceWithVoid();
            });
            Span span = telemetry.getTracer("test").spanBuilder("POST").startSpan();
            try (Scope ignored = span.makeCurrent()) {
                publish(Topic.VOICE_SUBMITTED, requestId);
            } finally {
                span.end();
            }

            await().atMost(PATIENCE).until(() -> traces.size() == 3);
            String traceId = span.getSpanContext().getTraceId();
            assertThat(traces).containsOnly(traceId);
            assertThat(logTraces).containsOnly(traceId);
            assertThat(requestIds).containsOnly(requestId.toString());
        }
    }

    @Test
    void eventsAreCloudEventsInBinaryModeKeyedByRequest() {
        publish(Topic.MEDIA_STORED, requestId);

        ConsumerRecord<byte[], byte[]> record = recordOf(Topic.MEDIA_STORED.topicName(), requestId);
        assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo(requestId.toString());
        assertThat(header(record, "ce_specversion")).isEqualTo("1.0");
        assertThat(header(record, "ce_type")).isEqualTo("io.voice2face.media-stored.v1");
        assertThat(header(record, "ce_source")).isEqualTo("/test-service");
        assertThat(header(record, "content-type")).isEqualTo("application/json");
        assertThat(UUID.fromString(header(record, "ce_id"))).isNotNull();
    }

    @Test
    void progressIsSentWithoutWaiting() {
        publisher.announce((JobProgressed) Events.of(Topic.JOB_PROGRESSED, requestId));

        await().atMost(PATIENCE).until(() -> !listeners.callsFor(requestId).isEmpty());
    }

    private double counted(String outcome) {
        return meters
                .find(MeshMetrics.EVENTS)
                .tag(MeshMetrics.TOPIC, Topic.VOICE_SUBMITTED.topicName())
                .tag(MeshMetrics.OUTCOME, outcome)
                .counters()
                .stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private void publish(Topic topic, UUID request) {
        publisher.publish(Events.of(topic, request)).await().atMost(PATIENCE);
    }

    private RecordMetadata send(ProducerRecord<byte[], byte[]> record) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker), new ByteArraySerializer(), new ByteArraySerializer())) {
            return producer.send(record).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private long committed(RecordMetadata sent) throws Exception {
        TopicPartition partition = new TopicPartition(sent.topic(), sent.partition());
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker))) {
            OffsetAndMetadata offset = admin.listConsumerGroupOffsets("test-service")
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(partition);
            return offset == null ? 0 : offset.offset();
        }
    }

    private ConsumerRecord<byte[], byte[]> deadLetterOf(RecordMetadata sent) {
        return find(
                sent.topic() + "-dlq",
                record -> header(record, EventHeaders.DEAD_LETTER_PARTITION).equals("" + sent.partition())
                        && header(record, EventHeaders.DEAD_LETTER_OFFSET).equals("" + sent.offset()));
    }

    private ConsumerRecord<byte[], byte[]> deadLetterOf(Topic topic, UUID request) {
        return recordOf(topic.deadLetterTopicName(), request);
    }

    private ConsumerRecord<byte[], byte[]> recordOf(String topic, UUID request) {
        return find(
                topic,
                record -> record.key() != null
                        && new String(record.key(), StandardCharsets.UTF_8).equals(request.toString()));
    }

    private ConsumerRecord<byte[], byte[]> find(
            String topic, java.util.function.Predicate<ConsumerRecord<byte[], byte[]>> wanted) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        broker,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
            await().atMost(PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    if (wanted.test(record)) {
                        found.add(record);
                    }
                });
                return !found.isEmpty();
            });
            return found.get(0);
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
