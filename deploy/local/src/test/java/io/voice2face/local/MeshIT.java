package io.voice2face.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.minio.GetObjectArgs;
import io.minio.ListObjectsArgs;
import io.minio.MinioClient;
import io.minio.Result;
import io.minio.errors.ErrorResponseException;
import io.minio.messages.Item;
import io.voice2face.contracts.Topic;
import io.voice2face.contracts.event.JobState;
import io.voice2face.embedded.EmbeddedKafka;
import io.voice2face.embedded.EmbeddedPostgres;
import io.voice2face.embedded.EmbeddedS3;
import io.voice2face.embedded.Folders;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The whole mesh as it is run on one machine: three servers and four services as processes, used through the public API.
 * It is started once; the tests run in an order that lets the later ones see whether the earlier ones have harmed it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class MeshIT {
    private static final Duration RESTART_AFTER = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Path ROOT =
            Paths.get(System.getProperty("v2f.root", "../..")).toAbsolutePath().normalize();
    private static final Path FOLDER = Paths.get("target", "mesh-it").toAbsolutePath();

    private final ConcurrentLinkedQueue<String> happenings = new ConcurrentLinkedQueue<>();
    private LocalHome home;
    private Mesh mesh;
    /** What stands for the gateway of another local run, which was a moment quicker with the port. */
    private HttpServer otherGateway;

    private Path voice;
    private BadInputs badInputs;
    private Set<String> productsOfAHealthyJob;
    /** A picture instead of a clip, for the jobs that need not be long. */
    private Path portrait;

    @BeforeAll
    void startTheMesh() throws Exception {
        Folders.delete(FOLDER);
        home = LocalHome.take(FOLDER.resolve("home")).orElseThrow();
        badInputs = new BadInputs(FOLDER.resolve("inputs"));
        voice = FOLDER.resolve("inputs").resolve("female.wav");
        try (InputStream sample = Launcher.class.getResourceAsStream("/samples/female.wav")) {
            Files.copy(sample, voice, StandardCopyOption.REPLACE_EXISTING);
        }
        mesh = new Mesh(home, ROOT, RESTART_AFTER, Map.of(), new Recorder());
        mesh.start();
    }

    @AfterAll
    void stopTheMesh() throws Exception {
        List<ProcessHandle> handles = mesh.processNames().stream()
                .map(name -> mesh.process(name).handle())
                .toList();
        otherGateway.stop(0);
        mesh.close();
        home.close();
        assertThat(handles).noneMatch(ProcessHandle::isAlive);
    }

    @Test
    @Order(1)
    void aPortThatAnotherRunBindsInTheSameMomentIsLeftToIt() {
        int lost = otherGateway.getAddress().getPort();
        assertThat(happenings).contains("port " + lost + " taken");
        assertThat(mesh.addresses().port("gateway-service")).isNotEqualTo(lost);
        assertThat(mesh.processNames()).allMatch(name -> mesh.process(name).isAlive());
    }

    @Test
    @Order(1)
    void aVoiceBecomesTwoFacesAndTwoClips() throws Exception {
        Job job = submit(form(voice, Optional.empty(), 30), Optional.empty());
        JsonNode end = job.follow();

        assertThat(end.path("state").asText()).as(end.toString()).isEqualTo("SUCCEEDED");
        JsonNode result = job.result();
        for (String variant : List.of("voice", "condition")) {
            JsonNode products = result.path("variants").path(variant);
            Path face = FOLDER.resolve(variant + "-face.png");
            job.client().download(products.path("face").path("url").asText(), face);
            var picture = ImageIO.read(face.toFile());
            assertThat(picture.getWidth()).isEqualTo(512);
            assertThat(picture.getHeight()).isEqualTo(512);
            Path clip = FOLDER.resolve(variant + "-clip.mp4");
            job.client().download(products.path("clip").path("url").asText(), clip);
            assertThat(Files.readAllBytes(clip))
                    .hasSizeGreaterThan(10_000)
                    .containsSequence("ftyp".getBytes(StandardCharsets.US_ASCII));
            assertThat(products.path("models")).isNotEmpty();
            assertThat(products.path("timings")).isNotEmpty();
        }
        portrait = FOLDER.resolve("voice-face.png");
        productsOfAHealthyJob = storedKeys(job);
        assertThat(productsOfAHealthyJob)
                .contains(
                        "voice", "R/voice/face.png", "R/condition/face.png", "R/voice/clip.mp4", "R/condition/clip.mp4")
                .as("nobody asked for a GIF")
                .noneMatch(key -> key.endsWith(".gif"));
        assertKeptOnce(job);
    }

    @Test
    @Order(2)
    void oneTraceRunsThroughEveryServicesLog() throws Exception {
        String traceId = UUID.randomUUID().toString().replace("-", "");
        Job job = submit(form(voice, Optional.of(portrait), 30), Optional.of("00-" + traceId + "-00f067aa0ba902b7-01"));
        assertThat(job.follow().path("state").asText()).isEqualTo("SUCCEEDED");

        for (MeshService service : MeshService.values()) {
            Path log = home.logs().resolve(service.serviceName() + ".log");
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(Files.readAllLines(log))
                    .as("lines of %s about the request carry its trace", service.serviceName())
                    .anyMatch(line -> line.contains(traceId) && line.contains(job.id())));
        }
    }

    @Test
    @Order(3)
    void whoKnowsOnlyTheDocumentFollowsARequestFromStartToEnd() throws Exception {
        DocumentedEvents documented = new DocumentedEvents();
        Map<String, List<JsonNode>> heard = new TreeMap<>();
        List<String> violations = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = documented.topics().stream()
                    .flatMap(topic -> consumer.partitionsFor(topic).stream())
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
            Job job = submit(form(voice, Optional.of(portrait), 30), Optional.empty());

            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).untilAsserted(() -> {
                for (ConsumerRecord<String, byte[]> event : consumer.poll(Duration.ofSeconds(1))) {
                    if (event.key().equals(job.id())) {
                        documented
                                .violations(event)
                                .forEach(violation -> violations.add(event.topic() + " " + violation));
                        heard.computeIfAbsent(event.topic(), topic -> new ArrayList<>())
                                .add(Json.read(new String(event.value(), StandardCharsets.UTF_8)));
                    }
                }
                assertThat(heard).containsKey("request-completed");
            });
        }
        assertThat(violations).isEmpty();
        assertThat(heard.get("request-completed").get(0).path("state").asText()).isEqualTo("SUCCEEDED");
        assertThat(heard.get("voice-submitted")).hasSize(1);
        for (String topic : List.of("face-generated", "video-swapped")) {
            assertThat(heard.get(topic))
                    .extracting(event -> event.path("variant").asText())
                    .containsExactlyInAnyOrder("voice", "condition");
        }
        assertThat(heard).containsKeys("media-stored", "job-progressed").doesNotContainKey("job-failed");
    }

    @Test
    @Order(3)
    void everyMetricThatAlertsAndDashboardsAskForIsExported() throws Exception {
        Set<String> exported = new TreeSet<>();
        HttpClient http = HttpClient.newHttpClient();
        for (MeshService service : MeshService.values()) {
            String metrics = http.send(
                            HttpRequest.newBuilder(mesh.addresses().url(service).resolve("/q/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            metrics.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("[{ ]")[0])
                    .forEach(exported::add);
        }
        assertThat(exported).containsAll(new MonitoringFiles(ROOT).metricNames());
    }

    @Test
    @Order(4)
    void aRecordingThatHoldsNoUsableSpeechIsRejectedWithAReason() throws Exception {
        assertRejected(
                submit(form(badInputs.silence(3), Optional.empty(), 30), Optional.empty()),
                "no_speech",
                "speech_too_short");
        assertRejected(
                submit(form(badInputs.shortened(voice, 0.4), Optional.empty(), 30), Optional.empty()),
                "speech_too_short",
                "no_speech");
        assertRefusedOrRejected(form(badInputs.textNamedWav(), Optional.empty(), 30), "unreadable_voice");
        assertRefusedOrRejected(form(badInputs.empty("empty.wav"), Optional.empty(), 30), "");
    }

    @Test
    @Order(5)
    void aTargetThatCannotBeUsedIsRejectedWithAReason() throws Exception {
        Path clip = FOLDER.resolve("inputs").resolve("template.mp4");
        GatewayClient client = guest();
        client.download(client.get("/api/v1/templates").get(0).path("clipUrl").asText(), clip);

        assertRefusedOrRejected(form(voice, Optional.of(badInputs.truncated(clip, 0.5)), 30), "");
        assertRefusedOrRejected(form(voice, Optional.of(badInputs.faceless()), 30), "no_face_in_target");
        assertRefusedOrRejected(form(voice, Optional.of(badInputs.hugePng()), 30), "target_too_large");
        assertRefusedOrRejected(form(voice, Optional.of(badInputs.empty("empty.mp4")), 30), "");
    }

    @Test
    @Order(6)
    void whatIsWrongInTheFormIsRefusedWithAReason() {
        GatewayClient client = guest();
        assertRefused(client.submit(form(voice, Optional.empty(), 7)));
        List<GatewayClient.Part> unknownTemplate = List.of(
                new GatewayClient.Part.Text("age", "30"),
                new GatewayClient.Part.Text("gender", "female"),
                new GatewayClient.Part.Text("template", "no-such-template"),
                new GatewayClient.Part.Upload("voice", voice));
        assertRefused(client.submit(unknownTemplate));
    }

    @Test
    @Order(7)
    void aJobAfterAllBadInputsSucceeds() throws Exception {
        assertThat(submit(form(voice, Optional.of(portrait), 30), Optional.empty())
                        .follow()
                        .path("state")
                        .asText())
                .isEqualTo("SUCCEEDED");
    }

    @ParameterizedTest(name = "{0} dies at {1}")
    @Order(8)
    @CsvSource({
        "gateway-service, QUEUED",
        "voice2face-service, ANALYSING",
        "faceswap-service, SWAPPING",
        "storage-service, SWAPPING",
        "kafka, SWAPPING",
        "postgres, SWAPPING"
    })
    void aJobUnderWaySurvivesTheDeathOfAnyProcess(String victim, String state) throws Exception {
        long deadLettersBefore = deadLetters();
        Job job = submit(form(voice, Optional.empty(), 30), Optional.empty());
        List<String> states = new CopyOnWriteArrayList<>();
        CompletableFuture<JsonNode> end = job.followInBackground((event, data) -> states.add(
                event.equals("state")
                        ? data.path("state").asText()
                        : data.path("stage").asText()));
        await().atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> states.stream().anyMatch(reached -> hasReached(reached, state)) || end.isDone());

        assertThat(end).as("the job is still under way").isNotDone();
        long pid = killHard(victim);
        assertThat(end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).path("state").asText())
                .isEqualTo("SUCCEEDED");

        awaitRestarted(victim, pid);
        // A record that comes again has its work done again: what it uploads stands beside the object, under a name of
        // the S3 server's own, until it replaces it.
        await().atMost(Duration.ofMinutes(2))
                .ignoreException(ErrorResponseException.class)
                .untilAsserted(() -> {
                    assertKeptOnce(job);
                    assertThat(storedKeys(job)).isEqualTo(productsOfAHealthyJob);
                });
        assertNothingIsStuck(job);
        assertThat(deadLetters()).isEqualTo(deadLettersBefore);
    }

    @Test
    @Order(9)
    void poisonOnEveryTopicGoesToItsDeadLetterTopicAndTheNextRecordIsProcessed() throws Exception {
        Map<Topic, String> keys = new HashMap<>();
        byte[] poison = "{\"requestId\": not json \u00e9".getBytes(StandardCharsets.ISO_8859_1);
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", mesh.addresses().bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            for (Topic topic : Topic.values()) {
                String key = "poison-" + UUID.randomUUID();
                keys.put(topic, key);
                for (int partition = 0; partition < EmbeddedKafka.PARTITIONS; partition++) {
                    ProducerRecord<String, byte[]> poisoned =
                            new ProducerRecord<>(topic.topicName(), partition, key, poison);
                    poisoned.headers().add("x-sender", "the test".getBytes(StandardCharsets.UTF_8));
                    producer.send(poisoned).get();
                }
            }
        }
        for (Topic topic : Topic.values()) {
            List<ConsumerRecord<String, byte[]>> letters = new ArrayList<>();
            await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
                letters.clear();
                letters.addAll(records(topic.deadLetterTopicName(), keys.get(topic)));
                assertThat(letters)
                        .as(topic.deadLetterTopicName())
                        .hasSizeGreaterThanOrEqualTo(EmbeddedKafka.PARTITIONS);
            });
            for (ConsumerRecord<String, byte[]> letter : letters) {
                assertThat(letter.value()).isEqualTo(poison);
                assertThat(header(letter, "x-sender")).contains("the test");
                assertThat(header(letter, "dead-letter-reason")).isNotEmpty();
            }
        }
        assertThat(submit(form(voice, Optional.of(portrait), 30), Optional.empty())
                        .follow()
                        .path("state")
                        .asText())
                .isEqualTo("SUCCEEDED");
    }

    // ---- what the tests are written in ----

    /** A request of a guest. */
    private record Job(GatewayClient client, String id) {
        JsonNode follow() throws InterruptedException {
            return client.follow(id, PATIENCE, (event, data) -> {});
        }

        CompletableFuture<JsonNode> followInBackground(GatewayClient.ProgressListener listener) {
            return CompletableFuture.supplyAsync(() -> {
                try {
                    return client.follow(id, PATIENCE, listener);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException(e);
                }
            });
        }

        JsonNode request() {
            return client.get("/api/v1/requests/" + id);
        }

        JsonNode result() {
            return client.get("/api/v1/requests/" + id + "/results/"
                    + request().path("latestResultId").asText());
        }
    }

    private GatewayClient guest() {
        return GatewayClient.guest(mesh.addresses().url(MeshService.GATEWAY));
    }

    private Job submit(List<GatewayClient.Part> form, Optional<String> traceparent) {
        GatewayClient client = guest();
        GatewayClient.Answer answer = client.submit(form, traceparent);
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        return new Job(client, answer.json().path("id").asText());
    }

    private List<GatewayClient.Part> form(Path recording, Optional<Path> target, int age) {
        List<GatewayClient.Part> parts = new ArrayList<>();
        parts.add(new GatewayClient.Part.Text("age", Integer.toString(age)));
        parts.add(new GatewayClient.Part.Text("gender", "female"));
        if (target.isPresent()) {
            parts.add(new GatewayClient.Part.Upload("target", target.get()));
        } else {
            parts.add(new GatewayClient.Part.Text("template", template()));
        }
        parts.add(new GatewayClient.Part.Upload("voice", recording));
        return parts;
    }

    private String template() {
        return await().atMost(Duration.ofMinutes(1))
                .until(
                        () -> Stream.of(guest().get("/api/v1/templates"))
                                .flatMap(list -> StreamSupport.stream(list.spliterator(), false))
                                .filter(template ->
                                        template.path("gender").asText().equals("female"))
                                .map(template -> template.path("id").asText())
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private void assertRejected(Job job, String... reasons) throws InterruptedException {
        JsonNode end = job.follow();
        assertThat(end.path("state").asText()).as(end.toString()).isEqualTo("REJECTED");
        assertThat(end.path("failure").path("reason").asText()).isIn((Object[]) reasons);
        assertThat(end.path("failure").path("message").asText()).isNotBlank();
    }

    /** What can be seen at once is refused at once, the rest is rejected; either way with a reason. */
    private void assertRefusedOrRejected(List<GatewayClient.Part> form, String reason) throws InterruptedException {
        GatewayClient client = guest();
        GatewayClient.Answer answer = client.submit(form);
        if (answer.status() != 202) {
            assertRefused(answer);
            return;
        }
        JsonNode end = new Job(client, answer.json().path("id").asText()).follow();
        assertThat(end.path("state").asText()).as(end.toString()).isEqualTo("REJECTED");
        assertThat(end.path("failure").path("reason").asText())
                .as(end.toString())
                .contains(reason)
                .isNotBlank();
        assertThat(end.path("failure").path("message").asText()).isNotBlank();
    }

    private static void assertRefused(GatewayClient.Answer answer) {
        assertThat(answer.status()).as(answer.body()).isBetween(400, 499);
        assertThat(answer.headers().get("content-type").get(0)).startsWith("application/problem+json");
        assertThat(answer.json().path("reason").asText()).isNotBlank();
    }

    /** Keys below the request's prefix, the result's id written as {@code R}. */
    private Set<String> storedKeys(Job job) throws Exception {
        String prefix = "requests/" + job.id() + "/";
        String resultId = job.request().path("latestResultId").asText();
        Set<String> keys = new TreeSet<>();
        MinioClient s3 = s3();
        for (Result<Item> item : s3.listObjects(ListObjectsArgs.builder()
                .bucket(bucket(s3))
                .prefix(prefix)
                .recursive(true)
                .build())) {
            keys.add(item.get().objectName().substring(prefix.length()).replace(resultId, "R"));
        }
        return keys;
    }

    /** What the register says is what lies in S3, byte for byte, and nothing else lies there. */
    private void assertKeptOnce(Job job) throws Exception {
        Map<String, String> registered = new TreeMap<>();
        try (Connection database = connect(EmbeddedPostgres.STORAGE);
                PreparedStatement query = database.prepareStatement(
                        "SELECT object_key, sha256 FROM stored_object WHERE request_id = ?")) {
            query.setObject(1, UUID.fromString(job.id()));
            ResultSet rows = query.executeQuery();
            while (rows.next()) {
                registered.put(rows.getString(1), rows.getString(2));
            }
        }
        Map<String, String> stored = new TreeMap<>();
        MinioClient s3 = s3();
        String bucket = bucket(s3);
        for (Result<Item> item : s3.listObjects(ListObjectsArgs.builder()
                .bucket(bucket)
                .prefix("requests/" + job.id() + "/")
                .recursive(true)
                .build())) {
            String key = item.get().objectName();
            try (InputStream bytes = s3.getObject(
                    GetObjectArgs.builder().bucket(bucket).object(key).build())) {
                stored.put(
                        key,
                        HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.readAllBytes())));
            }
        }
        assertThat(stored).isEqualTo(registered).isNotEmpty();
    }

    private void assertNothingIsStuck(Job job) {
        await().atMost(Duration.ofSeconds(60))
                .ignoreException(SQLException.class)
                .untilAsserted(() -> {
                    try (Connection database = connect(EmbeddedPostgres.GATEWAY);
                            PreparedStatement outbox =
                                    database.prepareStatement("SELECT count(*) FROM outbox WHERE record_key = ?");
                            PreparedStatement unfinished = database.prepareStatement(
                                    "SELECT count(*) FROM voice_result WHERE request_id = ? AND state <> 'SUCCEEDED'")) {
                        outbox.setString(1, job.id());
                        unfinished.setObject(1, UUID.fromString(job.id()));
                        assertThat(count(outbox))
                                .as("events that still wait to be sent")
                                .isZero();
                        assertThat(count(unfinished))
                                .as("results that have not succeeded")
                                .isZero();
                    }
                });
    }

    private static long count(PreparedStatement query) throws SQLException {
        try (ResultSet rows = query.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                mesh.addresses().jdbcUrl(database),
                EmbeddedPostgres.USERNAME,
                mesh.addresses().secrets().databasePassword());
    }

    private MinioClient s3() {
        return MinioClient.builder()
                .endpoint(mesh.addresses().s3Endpoint().toString())
                .region(EmbeddedS3.REGION)
                .credentials(
                        mesh.addresses().secrets().s3().accessKey(),
                        mesh.addresses().secrets().s3().secretKey())
                .build();
    }

    private static String bucket(MinioClient s3) throws Exception {
        return s3.listBuckets().get(0).name();
    }

    /** Ends a process as {@code kill -9} does and returns the id it had. */
    private long killHard(String victim) throws IOException {
        long pid = mesh.process(victim).handle().pid();
        if (victim.equals("postgres")) {
            // the database itself; the process that looks after it sees its end and ends as well
            Path pidFile;
            try (Stream<Path> files = Files.walk(home.data("postgres"))) {
                pidFile = files.filter(file -> file.endsWith("postmaster.pid"))
                        .findFirst()
                        .orElseThrow();
            }
            ProcessHandle.of(Long.parseLong(Files.readAllLines(pidFile).get(0).strip()))
                    .orElseThrow()
                    .destroyForcibly();
        } else {
            mesh.process(victim).kill();
        }
        return pid;
    }

    private static List<String> statesIn(String event, JsonNode data) {
        return switch (event) {
            case "state" -> List.of(data.path("state").asText());
            case "progress" -> List.of(data.path("stage").asText());
            default -> List.of();
        };
    }

    /** States pass quickly, and who looks may find the job further on. */
    private static boolean hasReached(String reached, String wanted) {
        return JobState.valueOf(reached).compareTo(JobState.valueOf(wanted)) >= 0;
    }

    private void awaitRestarted(String victim, long before) {
        await().atMost(Duration.ofMinutes(2))
                .until(() -> mesh.process(victim).handle().pid() != before
                        && happenings.contains("ready " + victim + " "
                                + mesh.process(victim).handle().pid()));
    }

    private long deadLetters() {
        try (KafkaConsumer<String, byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = Stream.of(Topic.values())
                    .flatMap(topic -> consumer.partitionsFor(topic.deadLetterTopicName()).stream())
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            return consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    private List<ConsumerRecord<String, byte[]>> records(String topic, String key) {
        try (KafkaConsumer<String, byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (ConsumerRecord<String, byte[]> letter : consumer.poll(Duration.ofSeconds(1))) {
                    if (key.equals(letter.key())) {
                        found.add(letter);
                    }
                }
            }
            return found;
        }
    }

    private KafkaConsumer<String, byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", mesh.addresses().bootstrapServers()),
                new StringDeserializer(),
                new ByteArrayDeserializer());
    }

    private static String header(ConsumerRecord<?, ?> letter, String name) {
        Header header = letter.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** Something that says that it is ready, whatever it is asked. */
    private static HttpServer readyGateway(int port) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            server.createContext("/", exchange -> {
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Remembers what happens to the processes. */
    private final class Recorder implements Mesh.Listener {
        @Override
        public void ready(String name, int port, ProcessHandle process, Duration after) {
            happenings.add("ready " + name + " " + process.pid());
            if (otherGateway == null && name.equals("s3")) {
                // the ports are chosen, and no service is started yet
                otherGateway = readyGateway(mesh.addresses().port("gateway-service"));
            }
        }

        @Override
        public void portTaken(String name, int taken, int used) {
            happenings.add("port " + taken + " taken");
        }

        @Override
        public void died(String name, int status, Path log, Duration restartAfter) {
            happenings.add("died " + name);
        }
    }
}
