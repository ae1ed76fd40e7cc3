package io.voice2face.contracts;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;

/** The AsyncAPI document as a foreign reader sees it: nothing here knows the records. */
final class AsyncApiDocument {
    private static final String FOLDER = "asyncapi/";
    private static final String SCHEMA_IDS = "https://voice2face.example/schemas/";

    private final JsonNode root;
    private final JsonSchemaFactory schemas;

    private AsyncApiDocument(JsonNode root) {
        this.root = root;
        this.schemas = JsonSchemaFactory.getInstance(
                SpecVersion.VersionFlag.V202012,
                builder -> builder.schemaMappers(
                        mappers -> mappers.mapPrefix(SCHEMA_IDS, "classpath:" + FOLDER + "schemas/")));
    }

    static AsyncApiDocument load() {
        try (InputStream in = AsyncApiDocument.class.getClassLoader().getResourceAsStream(FOLDER + "asyncapi.yaml")) {
            return new AsyncApiDocument(new YAMLMapper().readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode root() {
        return root;
    }

    /** Addresses of all channels. */
    Set<String> addresses() {
        Set<String> addresses = new TreeSet<>();
        root.get("channels")
                .forEach(channel -> addresses.add(channel.get("address").asText()));
        return addresses;
    }

    /** The only message of the channel with an address. */
    JsonNode message(String address) {
        for (JsonNode channel : root.get("channels")) {
            if (channel.get("address").asText().equals(address)) {
                return resolve(channel.get("messages").elements().next());
            }
        }
        throw new IllegalArgumentException("no channel " + address);
    }

    /** An example of a message. */
    record Example(String address, String name, JsonNode headers, JsonNode payload) {
        @Override
        public String toString() {
            return name;
        }
    }

    List<Example> examples(String address) {
        List<Example> examples = new ArrayList<>();
        message(address)
                .get("examples")
                .forEach(example -> examples.add(new Example(
                        address, example.get("name").asText(), example.get("headers"), example.get("payload"))));
        return examples;
    }

    /** File of the payload's schema. */
    String schemaFile(String address) {
        return message(address).at("/payload/schema/$ref").asText();
    }

    /** What is wrong with a payload; empty if nothing is. */
    Set<String> faultsOfPayload(String address, JsonNode payload) {
        String file = schemaFile(address);
        return faults(
                schemas.getSchema(SchemaLocation.of(SCHEMA_IDS + file.substring("schemas/".length())), config()),
                payload);
    }

    /** What is wrong with the headers; empty if nothing is. */
    Set<String> faultsOfHeaders(String address, JsonNode headers) {
        JsonNode message = message(address);
        JsonNode schema = message.has("headers")
                ? message.get("headers")
                : resolve(message.get("traits").get(0)).get("headers");
        return faults(schemas.getSchema(schema, config()), headers);
    }

    private JsonNode resolve(JsonNode node) {
        return node.has("$ref") ? resolve(root.at(node.get("$ref").asText().substring(1))) : node;
    }

    private static SchemaValidatorsConfig config() {
        return SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
    }

    private static Set<String> faults(JsonSchema schema, JsonNode value) {
        return schema.validate(value).stream()
                .map(ValidationMessage::getMessage)
                .collect(Collectors.toSet());
    }
}
