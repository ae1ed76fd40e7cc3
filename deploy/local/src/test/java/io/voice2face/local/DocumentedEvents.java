package io.voice2face.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;

/**
 * The events as somebody knows them who has the AsyncAPI document and its schemas, and none of the records: topics,
 * headers and payloads are read from there.
 */
final class DocumentedEvents {
    private static final String FOLDER = "asyncapi/";
    private static final String SCHEMA_IDS = "https://voice2face.example/schemas/";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonNode document;
    private final JsonSchemaFactory schemas = JsonSchemaFactory.getInstance(
            SpecVersion.VersionFlag.V202012,
            builder -> builder.schemaMappers(
                    mappers -> mappers.mapPrefix(SCHEMA_IDS, "classpath:" + FOLDER + "schemas/")));

    DocumentedEvents() {
        try (InputStream in = DocumentedEvents.class.getClassLoader().getResourceAsStream(FOLDER + "asyncapi.yaml")) {
            document = new YAMLMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Topics that are no dead-letter topics: those whose message is a CloudEvent. */
    List<String> topics() {
        List<String> topics = new ArrayList<>();
        for (JsonNode channel : document.path("channels")) {
            if (message(channel).path("name").asText().startsWith("io.voice2face.")) {
                topics.add(channel.path("address").asText());
            }
        }
        return topics;
    }

    /** What about a record is not as the document says; empty for a good one. */
    List<String> violations(ConsumerRecord<String, byte[]> event) throws IOException {
        JsonNode message = message(channel(event.topic()));
        List<String> violations = new ArrayList<>();
        ObjectNode headers = JSON.createObjectNode();
        for (Header header : event.headers()) {
            headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
        }
        JsonNode trait = resolve(message.path("traits").path(0));
        add(violations, "headers", schemas.getSchema(trait.path("headers")).validate(headers));
        if (!message.path("name").asText().equals(headers.path("ce_type").asText())) {
            violations.add("ce_type is " + headers.path("ce_type").asText());
        }
        String schema = message.at("/payload/schema/$ref").asText().replace("schemas/", SCHEMA_IDS);
        JsonNode payload = JSON.readTree(event.value());
        add(
                violations,
                "payload",
                schemas.getSchema(java.net.URI.create(schema)).validate(payload));
        if (!payload.path("requestId").asText().equals(event.key())) {
            violations.add("the key is not the request id");
        }
        return violations;
    }

    private static void add(List<String> violations, String where, Set<ValidationMessage> messages) {
        messages.forEach(message -> violations.add(where + ": " + message.getMessage()));
    }

    private JsonNode channel(String address) {
        for (JsonNode channel : document.path("channels")) {
            if (channel.path("address").asText().equals(address)) {
                return channel;
            }
        }
        throw new IllegalArgumentException("the document has no channel " + address);
    }

    private JsonNode message(JsonNode channel) {
        return resolve(channel.path("messages").elements().next());
    }

    private JsonNode resolve(JsonNode node) {
        return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
    }
}
