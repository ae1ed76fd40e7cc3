package io.voice2face.gateway.admin;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

import jakarta.enterprise.context.ApplicationScoped;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.voice2face.contracts.Topic;
import io.voice2face.gateway.api.ApiProblem;
import io.voice2face.gateway.config.GatewayConfig;
import io.voice2face.messaging.DeadLetter;
import io.voice2face.messaging.EventHeaders;
import io.voice2face.messaging.EventPublisher;

/** Reads the dead-letter topics as they are, without a consumer group: looking at a letter does not consume it. */
@ApplicationScoped
public class DeadLetters {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int SHOWN_BYTES = 64 * 1024;

    private final Map<String, Object> kafka;
    private final EventPublisher publisher;
    private final int most;

    DeadLetters(
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            EventPublisher publisher,
            GatewayConfig config) {
        this.kafka = kafka;
        this.publisher = publisher;
        this.most = config.admin().deadLetters();
    }

    /** A dead letter in a list. */
    @Schema(name = "DeadLetter")
    public record Letter(
            @Schema(description = "topic that it comes from, without -dlq") String topic,
            int partition,
            long offset,
            Instant at,
            Optional<String> key,
            int bytes,
            @Schema(description = "poison or exhausted") Optional<String> kind,
            String reason,
            Optional<String> consumer) {
        static Letter of(Topic topic, ConsumerRecord<byte[], byte[]> record) {
            DeadLetter letter = new DeadLetter(record);
            return new Letter(
                    topic.topicName(),
                    record.partition(),
                    record.offset(),
                    Instant.ofEpochMilli(record.timestamp()),
                    Optional.ofNullable(record.key()).map(DeadLetters::text),
                    record.value() == null ? 0 : record.value().length,
                    letter.header(EventHeaders.DEAD_LETTER_KIND),
                    letter.reason(),
                    letter.consumer());
        }
    }

    /** A dead letter with everything that it carries. */
    @Schema(name = "DeadLetterContents")
    public record Contents(
            Letter letter,
            Map<String, String> headers,
            @Schema(description = "the bytes as UTF-8, at most 64 KiB") String data) {}

    /** The newest letters of a topic. */
    public Uni<List<Letter>> list(String topicName) {
        Topic topic = topic(topicName);
        return reading(consumer -> {
            List<TopicPartition> partitions = partitions(consumer, topic);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions, PATIENCE);
            consumer.assign(partitions);
            Map<TopicPartition, Long> left = new HashMap<>();
            for (TopicPartition partition : partitions) {
                long from = Math.max(begins.get(partition), ends.get(partition) - most);
                consumer.seek(partition, from);
                if (ends.get(partition) > from) {
                    left.put(partition, ends.get(partition));
                }
            }
            List<Letter> letters = new ArrayList<>();
            Instant end = Instant.now().plus(PATIENCE);
            while (!left.isEmpty() && Instant.now().isBefore(end)) {
                consumer.poll(POLL).forEach(record -> letters.add(Letter.of(topic, record)));
                left.entrySet().removeIf(entry -> consumer.position(entry.getKey()) >= entry.getValue());
            }
            return letters.stream()
                    .sorted(Comparator.comparing(Letter::at).reversed())
                    .limit(most)
                    .toList();
        });
    }

    /** One letter with its bytes and headers. */
    public Uni<Contents> inspect(String topicName, int partition, long offset) {
        Topic topic = topic(topicName);
        return reading(consumer -> record(consumer, topic, partition, offset)).map(record -> {
            Map<String, String> headers = new TreeMap<>();
            record.headers()
                    .forEach(header -> headers.put(header.key(), header.value() == null ? "" : text(header.value())));
            byte[] value = record.value() == null ? new byte[0] : record.value();
            return new Contents(
                    Letter.of(topic, record), headers, text(Arrays.copyOf(value, Math.min(value.length, SHOWN_BYTES))));
        });
    }

    /** Sends a letter back to the topic it came from, for the service that could not process it. */
    public Uni<Void> replay(String topicName, int partition, long offset) {
        Topic topic = topic(topicName);
        return reading(consumer -> record(consumer, topic, partition, offset))
                .chain(record -> publisher.replay(new DeadLetter(record)));
    }

    private static ConsumerRecord<byte[], byte[]> record(
            KafkaConsumer<byte[], byte[]> consumer, Topic topic, int partition, long offset) {
        TopicPartition place = new TopicPartition(topic.deadLetterTopicName(), partition);
        if (!partitions(consumer, topic).contains(place)) {
            throw ApiProblem.notFound();
        }
        Long end = consumer.endOffsets(List.of(place), PATIENCE).get(place);
        Long begin = consumer.beginningOffsets(List.of(place), PATIENCE).get(place);
        if (offset < begin || offset >= end) {
            throw ApiProblem.notFound();
        }
        consumer.assign(List.of(place));
        consumer.seek(place, offset);
        Instant until = Instant.now().plus(PATIENCE);
        while (Instant.now().isBefore(until)) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() == offset) {
                    return record;
                }
            }
        }
        throw ApiProblem.of(503, "temporarily_unavailable", "The broker did not answer in time.")
                .retryAfter(Duration.ofSeconds(5));
    }

    private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, Topic topic) {
        String name = topic.deadLetterTopicName();
        return consumer.partitionsFor(name, PATIENCE).stream()
                .map(info -> new TopicPartition(name, info.partition()))
                .toList();
    }

    private <T> Uni<T> reading(Function<KafkaConsumer<byte[], byte[]>, T> work) {
        return Uni.createFrom()
                .item(() -> {
                    Map<String, Object> settings = new HashMap<>(kafka);
                    settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
                    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
                    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
                    try (KafkaConsumer<byte[], byte[]> consumer =
                            new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                        return work.apply(consumer);
                    }
                })
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    private static Topic topic(String name) {
        return Arrays.stream(Topic.values())
                .filter(topic -> topic.topicName().equals(name))
                .findFirst()
                .orElseThrow(ApiProblem::notFound);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
