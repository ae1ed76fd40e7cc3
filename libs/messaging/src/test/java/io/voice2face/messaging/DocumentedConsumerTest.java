package io.voice2face.messaging;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

import jakarta.inject.Inject;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.voice2face.contracts.Topic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A stranger with a plain Kafka consumer and the AsyncAPI document, and nothing else of ours, follows a request. */
@QuarkusTest
@WithTestResource(EmbeddedBroker.class)
class DocumentedConsumerTest {
    private static final String SCHEMA_IDS = "https://voice2face.example/schemas/";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Inject
    EventPublisher publisher;

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String broker;

    private final ObjectMapper json = new ObjectMapper();
    private final JsonSchemaFactory schemas = JsonSchemaFactory.getInstance(
            SpecVersion.VersionFlag.V202012,
            builder -> builder.schemaMappers(mappers -> mappers.mapPrefix(SCHEMA_IDS, "classpath:asyncapi/schemas/")));

    @Test
    void whatIsPublishedIsWhatTheDocumentSays() throws IOException {
        JsonNode document = document();
        UUID requestId = UUID.randomUUID();
        for (Topic topic : Topic.values()) {
            publisher.publish(Events.of(topic, requestId)).await().atMost(PATIENCE);
        }

        Map<String, ConsumerRecord<String, byte[]>> byAddress = follow(document, requestId.toString());

        assertThat(byAddress).hasSize(Topic.values().length);
        for (JsonNode channel : document.get("channels")) {
            String address = channel.get("address").asText();
            JsonNode message =
                    resolve(document, channel.get("messages").elements().next());
            if (!message.has("traits")) {
                continue;
            }
            ConsumerRecord<String, byte[]> record = byAddress.get(address);
            JsonNode headers = resolve(document, message.get("traits").get(0)).get("headers");
            assertThat(faults(schemas.getSchema(headers, config()), headersOf(record)))
                    .as("headers on " + address)
                    .isEmpty();
            String file = message.at("/payload/schema/$ref").asText().substring("schemas/".length());
            assertThat(faults(
                            schemas.getSchema(SchemaLocation.of(SCHEMA_IDS + file), config()),
                            json.readTree(record.value())))
                    .as("data on " + address)
                    .isEmpty();
            assertThat(new String(record.headers().lastHeader("ce_type").value(), StandardCharsets.UTF_8))
                    .isEqualTo(message.get("name").asText());
        }
    }

    /** The first record with a key on each documented channel. */
    private Map<String, ConsumerRecord<String, byte[]>> follow(JsonNode document, String key) {
        List<String> addresses = new ArrayList<>();
        document.get("channels")
                .forEach(channel -> addresses.add(channel.get("address").asText()));
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = addresses.stream()
                    .flatMap(address -> consumer.partitionsFor(address).stream())
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<String, ConsumerRecord<String, byte[]>> found = new TreeMap<>();
            await().atMost(PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    if (key.equals(record.key())) {
                        found.putIfAbsent(record.topic(), record);
                    }
                });
                return found.containsKey("request-completed") && found.size() >= Topic.values().length;
            });
            return found;
        }
    }

    private ObjectNode headersOf(ConsumerRecord<String, byte[]> record) {
        ObjectNode headers = json.createObjectNode();
        record.headers()
                .forEach(header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return headers;
    }

    private static JsonNode resolve(JsonNode document, JsonNode node) {
        return node.has("$ref")
                ? resolve(document, document.at(node.get("$ref").asText().substring(1)))
                : node;
    }

    private static JsonNode document() throws IOException {
        try (InputStream in =
                Thread.currentThread().getContextClassLoader().getResourceAsStream("asyncapi/asyncapi.yaml")) {
            return new YAMLMapper().readTree(in);
        }
    }

    private static SchemaValidatorsConfig config() {
        return SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
    }

    private static Set<String> faults(JsonSchema schema, JsonNode value) {
        Set<String> faults = new TreeSet<>();
        schema.validate(value).stream().map(ValidationMessage::getMessage).forEach(faults::add);
        return faults;
    }
}
