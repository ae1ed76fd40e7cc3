package io.voice2face.face.mesh;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

import io.voice2face.contracts.EventJson;
import io.voice2face.contracts.ObjectKeys;
import io.voice2face.contracts.Topic;
import io.voice2face.contracts.event.Gender;
import io.voice2face.contracts.event.MeshEvent;
import io.voice2face.contracts.event.ObjectRef;
import io.voice2face.contracts.event.Target;
import io.voice2face.contracts.event.VoiceSubmitted;

/** The rest of the mesh as the tests play it: storage over HTTP, and a reader and writer of all topics. */
final class Mesh implements AutoCloseable {
    private final HttpClient http = HttpClient.newHttpClient();
    private final String storage;
    private final KafkaProducer<String, byte[]> producer;
    private final KafkaConsumer<String, byte[]> consumer;
    private final List<ConsumerRecord<String, byte[]>> records = new CopyOnWriteArrayList<>();

    Mesh(String bootstrapServers, String storage) {
        this.storage = storage;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "acks", "all"),
                new StringSerializer(),
                new ByteArraySerializer());
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "group.id",
                        "test-" + UUID.randomUUID(),
                        "auto.offset.reset",
                        "earliest"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        consumer.subscribe(Arrays.stream(Topic.values())
                .flatMap(topic -> Stream.of(topic.topicName(), topic.deadLetterTopicName()))
                .toList());
    }

    /** Stores a recording and submits it. */
    VoiceSubmitted submit(byte[] voice, Gender gender, int age) {
        return submit(UUID.randomUUID(), 1, voice, gender, age, OptionalInt.empty(), false);
    }

    VoiceSubmitted submit(
            UUID requestId,
            int attempt,
            byte[] voice,
            Gender gender,
            int age,
            OptionalInt skinTone,
            boolean gifPreview) {
        ObjectRef object = put(ObjectKeys.voice(requestId), "audio/wav", voice);
        VoiceSubmitted event = new VoiceSubmitted(
                requestId,
                UUID.randomUUID(),
                attempt,
                object,
                age,
                gender,
                skinTone,
                new Target(new ObjectRef("templates/t/clip.mp4", "video/mp4", 1, "0".repeat(64)), Optional.of("t")),
                gifPreview,
                Instant.now());
        publish(event);
        return event;
    }

    void publish(MeshEvent event) {
        send(Topic.of(event).topicName(), event.requestId().toString(), EventJson.write(event));
    }

    void send(String topic, String key, byte[] value) {
        producer.send(new ProducerRecord<>(topic, key, value));
        producer.flush();
    }

    ObjectRef put(String key, String contentType, byte[] bytes) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(storage + "/objects/" + key))
                .PUT(HttpRequest.BodyPublishers.ofByteArray(bytes))
                .build();
        exchange(request);
        return FolderStorage.reference(key, contentType, bytes);
    }

    byte[] get(ObjectRef object) {
        return exchange(HttpRequest.newBuilder(URI.create(storage + "/objects/" + object.key()))
                .build());
    }

    /** Everything that has arrived on a topic so far. */
    List<ConsumerRecord<String, byte[]>> on(String topic) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
        return records.stream().filter(record -> record.topic().equals(topic)).toList();
    }

    /** Events of a request that have arrived so far. */
    <E extends MeshEvent> List<E> events(Class<E> type, UUID resultId) {
        Topic topic = Stream.of(Topic.values())
                .filter(candidate -> candidate.eventType() == type)
                .findFirst()
                .orElseThrow();
        return on(topic.topicName()).stream()
                .map(record -> parse(record.value(), type))
                .filter(event -> event.subject().equals(resultId))
                .toList();
    }

    private static <E extends MeshEvent> E parse(byte[] json, Class<E> type) {
        try {
            return EventJson.read(json, type);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] exchange(HttpRequest request) {
        try {
            HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(request.uri() + " answered " + answer.statusCode());
            }
            return answer.body();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        producer.close();
        consumer.close();
    }
}
