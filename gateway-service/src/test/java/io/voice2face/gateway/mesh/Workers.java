package io.voice2face.gateway.mesh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

import io.vertx.mutiny.core.Vertx;
import io.voice2face.contracts.EventJson;
import io.voice2face.contracts.ObjectKeys;
import io.voice2face.contracts.Topic;
import io.voice2face.contracts.event.FaceGenerated;
import io.voice2face.contracts.event.Gender;
import io.voice2face.contracts.event.JobFailed;
import io.voice2face.contracts.event.JobProgressed;
import io.voice2face.contracts.event.MediaKind;
import io.voice2face.contracts.event.MeshEvent;
import io.voice2face.contracts.event.ModelUse;
import io.voice2face.contracts.event.ObjectRef;
import io.voice2face.contracts.event.Stage;
import io.voice2face.contracts.event.StageTiming;
import io.voice2face.contracts.event.Variant;
import io.voice2face.contracts.event.VideoSwapped;
import io.voice2face.contracts.event.VoiceAnalysis;
import io.voice2face.contracts.event.VoiceSubmitted;
import io.voice2face.storage.client.StorageClient;

/**
 * Plays voice2face-service and faceswap-service: takes part in the mesh through its topics and the storage API alone, like
 * any other consumer. What it draws are bytes, not faces.
 */
public final class Workers implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final Mesh mesh;
    private final Vertx vertx = Vertx.vertx();
    private final StorageClient storage;
    private final KafkaProducer<String, byte[]> producer;

    public Workers(Mesh mesh) {
        this.mesh = mesh;
        this.storage = StorageClient.create(vertx, mesh.storageUrl(), mesh.serviceToken(), Duration.ofSeconds(20));
        Properties settings = new Properties();
        settings.put("bootstrap.servers", mesh.bootstrapServers());
        settings.put("acks", "all");
        this.producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    }

    /** Publishes an event as the mesh does. */
    public void publish(MeshEvent event) {
        Topic topic = Topic.of(event);
        ProducerRecord<String, byte[]> record =
                new ProducerRecord<>(topic.topicName(), event.requestId().toString(), EventJson.write(event));
        Map.of(
                        "ce_specversion",
                        "1.0",
                        "ce_id",
                        event.eventId().toString(),
                        "ce_type",
                        topic.cloudEventType(),
                        "ce_source",
                        "/test-workers",
                        "ce_time",
                        Instant.now().toString(),
                        "content-type",
                        "application/json")
                .forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        send(record);
    }

    /** Publishes any bytes. */
    public void publish(String topic, String key, byte[] value) {
        send(new ProducerRecord<>(topic, key, value));
    }

    private void send(ProducerRecord<String, byte[]> record) {
        try {
            producer.send(record).get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads everything of a topic that has this key, waiting until there are at least {@code atLeast} records. */
    public List<ConsumerRecord<String, byte[]>> read(String topic, UUID key, int atLeast) {
        List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Instant end = Instant.now().plus(PATIENCE);
            boolean settled = false;
            while (Instant.now().isBefore(end) && !settled) {
                boolean any = false;
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(300))) {
                    any = true;
                    if (key.toString().equals(record.key())) {
                        found.add(record);
                    }
                }
                settled = found.size() >= atLeast && !any;
            }
        }
        return found;
    }

    /** Names of all topics. */
    public Set<String> topics() {
        try (KafkaConsumer<String, byte[]> consumer = consumer()) {
            return consumer.listTopics().keySet();
        }
    }

    /** Topics in which anything of any record has the text: key, value or a header. */
    public Set<String> topicsWith(String text) {
        Set<String> found = new TreeSet<>();
        try (KafkaConsumer<String, byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = consumer.listTopics().values().stream()
                    .flatMap(List::stream)
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .filter(partition -> !partition.topic().startsWith("__"))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(300))) {
                    StringBuilder all = new StringBuilder(record.key() + "\n");
                    if (record.value() != null) {
                        all.append(new String(record.value(), StandardCharsets.UTF_8));
                    }
                    record.headers().forEach(header -> all.append('\n')
                            .append(header.key())
                            .append(new String(header.value(), StandardCharsets.UTF_8)));
                    if (all.indexOf(text) >= 0) {
                        found.add(record.topic());
                    }
                }
            }
        }
        return found;
    }

    private KafkaConsumer<String, byte[]> consumer() {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", mesh.bootstrapServers());
        return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    }

    /** The event that a request was announced with. */
    public VoiceSubmitted submitted(UUID requestId, int attempt) throws IOException {
        List<ConsumerRecord<String, byte[]>> records = read("voice-submitted", requestId, attempt);
        for (ConsumerRecord<String, byte[]> record : records) {
            VoiceSubmitted event = EventJson.read(record.value(), VoiceSubmitted.class);
            if (event.attempt() == attempt) {
                return event;
            }
        }
        throw new AssertionError("request " + requestId + " was not announced, attempt " + attempt);
    }

    /** Says how far a stage has come. */
    public void progress(VoiceSubmitted job, Stage stage, Variant variant, long done, long total) {
        publish(new JobProgressed(
                job.requestId(),
                job.resultId(),
                Optional.ofNullable(variant),
                stage,
                done,
                total,
                OptionalDouble.of(total - done),
                Instant.now()));
    }

    /** Makes and announces the face of a variant. */
    public void face(VoiceSubmitted job, Variant variant) {
        ObjectRef face = upload(job, variant, "face.png", MediaKind.FACE, "image/png");
        publish(new FaceGenerated(
                job.requestId(),
                job.resultId(),
                variant,
                face,
                variant == Variant.VOICE ? 27 : job.age(),
                Gender.FEMALE,
                job.skinTone(),
                Optional.of(new VoiceAnalysis(6.5, 0.93, true, 205, 170, 250, 0.7, 0.2, 0.1, 27, List.of("noisy"))),
                job.target(),
                job.gifPreview(),
                List.of(new ModelUse("face-generator", "test-generator", "1", "cpu")),
                List.of(new StageTiming("generate", 0.4)),
                Instant.now()));
    }

    /** Makes and announces the clip of a variant. */
    public void clip(VoiceSubmitted job, Variant variant) {
        publish(new VideoSwapped(
                job.requestId(),
                job.resultId(),
                variant,
                upload(job, variant, "clip.mp4", MediaKind.CLIP, "video/mp4"),
                job.gifPreview()
                        ? Optional.of(upload(job, variant, "preview.gif", MediaKind.GIF, "image/gif"))
                        : Optional.empty(),
                Optional.of(upload(job, variant, "poster.jpg", MediaKind.POSTER, "image/jpeg")),
                128,
                128,
                12,
                12,
                1.0,
                List.of(new ModelUse("face-swapper", "test-swapper", "1", "opencv")),
                List.of(new StageTiming("swap", 0.8)),
                Instant.now()));
    }

    /** Does the whole work on a result. */
    public void finish(VoiceSubmitted job) {
        progress(job, Stage.ANALYSING, null, 0, 1);
        for (Variant variant : Variant.values()) {
            face(job, variant);
        }
        for (Variant variant : Variant.values()) {
            progress(job, Stage.SWAPPING, variant, 6, 12);
            clip(job, variant);
        }
    }

    /** Refuses the input of a result. */
    public void reject(VoiceSubmitted job, String reason, String message) {
        publish(new JobFailed(
                job.requestId(),
                job.resultId(),
                Optional.empty(),
                Stage.ANALYSING,
                JobFailed.Fault.INPUT,
                reason,
                message,
                Map.of("speechSeconds", 0.4),
                Instant.now()));
    }

    private ObjectRef upload(VoiceSubmitted job, Variant variant, String name, MediaKind kind, String contentType) {
        try {
            Path file = Files.createTempFile(mesh.folder(), "made", name);
            Files.writeString(file, job.resultId() + "/" + variant + "/" + name);
            return storage.upload(
                            ObjectKeys.product(job.requestId(), job.resultId(), variant, name),
                            kind,
                            Optional.of(job.requestId()),
                            contentType,
                            file)
                    .await()
                    .atMost(PATIENCE);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        storage.close();
        vertx.closeAndAwait();
    }
}
