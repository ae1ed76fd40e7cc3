package io.voice2face.storage;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import io.voice2face.contracts.EventJson;
import io.voice2face.contracts.Topic;
import io.voice2face.contracts.event.MeshEvent;
import io.voice2face.contracts.event.ObjectRef;

import static org.awaitility.Awaitility.await;

/** The other services, as far as the tests play them: plain Kafka and plain HTTP. */
public final class Mesh {
    public static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String broker;

    public Mesh(String broker) {
        this.broker = broker;
    }

    public void send(MeshEvent event) {
        send(
                Topic.of(event).topicName(),
                event.requestId().toString().getBytes(StandardCharsets.UTF_8),
                EventJson.write(event));
    }

    public void send(String topic, byte[] key, byte[] value) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, key, value)).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits until there are so many records with a key on a topic. */
    public List<ConsumerRecord<byte[], byte[]>> records(String topic, UUID key, int atLeast) {
        return await().atMost(PATIENCE).until(() -> all(topic, key), found -> found.size() >= atLeast);
    }

    /** Records with a key that are on a topic now. */
    public int count(String topic, UUID key) {
        return all(topic, key).size();
    }

    private List<ConsumerRecord<byte[], byte[]>> all(String topic, UUID key) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    if (record.key() != null
                            && new String(record.key(), StandardCharsets.UTF_8).equals(key.toString())) {
                        found.add(record);
                    }
                });
            }
            return found;
        }
    }

    public <E extends MeshEvent> E event(Class<E> type, UUID requestId) {
        try {
            return EventJson.read(
                    records(Topic.carrying(type).topicName(), requestId, 1)
                            .get(0)
                            .value(),
                    type);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public static HttpResponse<byte[]> put(URI url, Map<String, String> headers, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url).PUT(HttpRequest.BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        return exchange(request.build());
    }

    public static HttpResponse<byte[]> get(URI url) {
        return exchange(HttpRequest.newBuilder(url).build());
    }

    public static HttpResponse<byte[]> exchange(HttpRequest request) {
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public static ObjectRef reference(String key, String contentType, byte[] bytes) {
        try {
            return new ObjectRef(
                    key,
                    contentType,
                    bytes.length,
                    HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
