package io.voice2face.embedded;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.minio.GetObjectArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.errors.ErrorResponseException;
import io.voice2face.contracts.Topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EmbeddedServersTest {
    private static final byte[] BYTES = "some bytes".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    @Test
    void everyServerWorksAndKeepsItsDataOverARestart() throws Exception {
        S3Credentials credentials = S3Credentials.generate();
        try (EmbeddedServers servers = EmbeddedServers.start(folder, "secret", credentials)) {
            assertThat(topics(servers.kafka())).containsAll(expectedTopics());
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", servers.kafka().bootstrapServers()),
                    new StringSerializer(),
                    new StringSerializer())) {
                producer.send(new ProducerRecord<>("voice-submitted", "key", "value"))
                        .get();
            }
            for (String database : List.of(EmbeddedPostgres.GATEWAY, EmbeddedPostgres.STORAGE)) {
                try (Connection connection = servers.postgres().connect(database);
                        Statement statement = connection.createStatement()) {
                    statement.execute("CREATE TABLE kept AS SELECT '" + database + "' AS name");
                }
            }
            MinioClient client = client(servers.s3(), credentials);
            client.makeBucket(MakeBucketArgs.builder().bucket("bucket").build());
            client.putObject(PutObjectArgs.builder().bucket("bucket").object("a/b").stream(
                            new ByteArrayInputStream(BYTES), (long) BYTES.length, -1L)
                    .build());
        }
        try (EmbeddedServers servers = EmbeddedServers.start(folder, "secret", credentials)) {
            assertThat(firstRecord(servers.kafka(), "voice-submitted").value()).isEqualTo("value");
            for (String database : List.of(EmbeddedPostgres.GATEWAY, EmbeddedPostgres.STORAGE)) {
                try (Connection connection = servers.postgres().connect(database);
                        Statement statement = connection.createStatement();
                        ResultSet rows = statement.executeQuery("SELECT name FROM kept")) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getString(1)).isEqualTo(database);
                }
            }
            MinioClient client = client(servers.s3(), credentials);
            try (var object = client.getObject(
                    GetObjectArgs.builder().bucket("bucket").object("a/b").build())) {
                assertThat(object.readAllBytes()).isEqualTo(BYTES);
            }
            S3Credentials wrong = new S3Credentials(credentials.accessKey(), "guessed");
            assertThatThrownBy(() -> client(servers.s3(), wrong)
                            .getObject(GetObjectArgs.builder()
                                    .bucket("bucket")
                                    .object("a/b")
                                    .build()))
                    .isInstanceOf(ErrorResponseException.class);
        }
    }

    @Test
    void postgresComesUpAgainAfterItsPostmasterWasKilled() throws Exception {
        try (EmbeddedPostgres first = EmbeddedPostgres.start(folder, 0, "secret")) {
            try (Connection connection = first.connect(EmbeddedPostgres.GATEWAY);
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE kept (id int)");
            }
            ProcessHandle.of(first.pid()).orElseThrow().destroyForcibly();
            first.onExit().join();
            try (EmbeddedPostgres second = EmbeddedPostgres.start(folder, first.port(), "secret");
                    Connection connection = second.connect(EmbeddedPostgres.GATEWAY);
                    Statement statement = connection.createStatement()) {
                assertThat(statement.executeQuery("SELECT * FROM kept").next()).isFalse();
            }
        }
    }

    @Test
    void postgresThatAKilledProcessLeftRunningIsReplaced() {
        EmbeddedPostgres orphan = EmbeddedPostgres.start(folder, 0, "secret");
        try (EmbeddedPostgres next = EmbeddedPostgres.start(folder, 0, "secret")) {
            assertThat(orphan.onExit()).succeedsWithin(Duration.ofSeconds(10));
            assertThat(next.pid()).isNotEqualTo(orphan.pid());
        }
    }

    @Test
    void aWrongDatabasePasswordIsSaidInsteadOfWaitedFor() {
        EmbeddedPostgres.start(folder, 0, "secret").close();
        assertThatThrownBy(() -> EmbeddedPostgres.start(folder, 0, "another"))
                .isInstanceOf(EmbeddedServerException.class)
                .hasMessageContaining("another password");
    }

    private static Set<String> expectedTopics() {
        Set<String> names = new HashSet<>();
        for (Topic topic : Topic.values()) {
            names.add(topic.topicName());
            names.add(topic.deadLetterTopicName());
        }
        return names;
    }

    private static Set<String> topics(EmbeddedKafka kafka) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            return admin.listTopics().names().get();
        }
    }

    private static ConsumerRecord<String, String> firstRecord(EmbeddedKafka kafka, String topic) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", kafka.bootstrapServers(), "group.id", "reader", "auto.offset.reset", "earliest");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            return consumer.poll(Duration.ofSeconds(30)).iterator().next();
        }
    }

    private static MinioClient client(EmbeddedS3 s3, S3Credentials credentials) {
        return MinioClient.builder()
                .endpoint(s3.endpoint().toString())
                .region(EmbeddedS3.REGION)
                .credentials(credentials.accessKey(), credentials.secretKey())
                .build();
    }
}
