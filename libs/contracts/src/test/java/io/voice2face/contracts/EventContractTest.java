package io.voice2face.contracts;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.voice2face.contracts.event.JobState;
import io.voice2face.contracts.event.MeshEvent;
import io.voice2face.contracts.event.VoiceSubmitted;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Records, schemas and document say the same. */
class EventContractTest {
    private static final AsyncApiDocument DOCUMENT = AsyncApiDocument.load();
    private static final ObjectMapper JSON = EventJson.mapper();

    static Stream<AsyncApiDocument.Example> examples() {
        return Arrays.stream(Topic.values()).flatMap(topic -> DOCUMENT.examples(topic.topicName()).stream());
    }

    @Test
    void theTopicsOfTheDocumentAreThoseOfTheMesh() {
        Set<String> topics = new TreeSet<>();
        for (Topic topic : Topic.values()) {
            topics.add(topic.topicName());
            topics.add(topic.deadLetterTopicName());
        }
        assertThat(DOCUMENT.addresses()).isEqualTo(topics);
    }

    @Test
    void everyTopicHasAMessageThatIsSentAndAnExample() {
        for (Topic topic : Topic.values()) {
            JsonNode message = DOCUMENT.message(topic.topicName());
            assertThat(message.get("name").asText()).isEqualTo(topic.cloudEventType());
            assertThat(DOCUMENT.examples(topic.topicName())).isNotEmpty();
            assertThat(DOCUMENT.root().get("operations"))
                    .anySatisfy(operation ->
                            assertThat(operation.get("action").asText()).isEqualTo("send"));
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleFitsItsSchemaAndItsHeaders(AsyncApiDocument.Example example) {
        assertThat(DOCUMENT.faultsOfPayload(example.address(), example.payload()))
                .isEmpty();
        assertThat(DOCUMENT.faultsOfHeaders(example.address(), example.headers()))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleBecomesTheRecordAndTheRecordTheExample(AsyncApiDocument.Example example) throws IOException {
        MeshEvent event = read(example, example.payload());

        JsonNode written = JSON.readTree(EventJson.write(event));
        assertThat(numbersAsText(written)).isEqualTo(numbersAsText(example.payload()));
        assertThat(DOCUMENT.faultsOfPayload(example.address(), written)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void theHeadersOfAnExampleAreThoseOfTheEvent(AsyncApiDocument.Example example) throws IOException {
        MeshEvent event = read(example, example.payload());

        assertThat(example.headers().get("ce_id").asText())
                .isEqualTo(event.eventId().toString());
        assertThat(example.headers().get("ce_subject").asText())
                .isEqualTo(event.subject().toString());
        assertThat(example.headers().get("ce_type").asText())
                .isEqualTo(Topic.of(event).cloudEventType());
    }

    @ParameterizedTest
    @MethodSource("examples")
    void readersIgnoreWhatTheyDoNotKnow(AsyncApiDocument.Example example) throws IOException {
        JsonNode grown = example.payload().deepCopy();
        for (ObjectNode object : objectsIn(grown)) {
            object.put("aFieldOfTheFuture", 1);
            object.putObject("anObjectOfTheFuture").put("x", "y");
        }
        // Free-form values are data, not fields of ours.
        if (grown.get("details") instanceof ObjectNode details) {
            details.remove(List.of("aFieldOfTheFuture", "anObjectOfTheFuture"));
        }

        assertThat(read(example, grown)).isEqualTo(read(example, example.payload()));
        assertThat(DOCUMENT.faultsOfPayload(example.address(), grown)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void whatTheSchemaRequiresTheReaderRequires(AsyncApiDocument.Example example) throws IOException {
        Set<String> required = new TreeSet<>();
        schema(Topic.of(read(example, example.payload()))).get("required").forEach(name -> required.add(name.asText()));
        List<String> fields = new ArrayList<>();
        example.payload().fieldNames().forEachRemaining(fields::add);
        for (String field : fields) {
            ObjectNode without = example.payload().deepCopy();
            without.remove(field);
            if (required.contains(field)) {
                assertThatThrownBy(() -> read(example, without)).as(field).isInstanceOf(IOException.class);
                assertThat(DOCUMENT.faultsOfPayload(example.address(), without)).isNotEmpty();
            } else {
                assertThat(read(example, without)).isNotNull();
                assertThat(DOCUMENT.faultsOfPayload(example.address(), without)).isEmpty();
            }
        }
    }

    @Test
    void recordsFromBeforeThereWasAChoiceAskForNoGif() throws IOException {
        AsyncApiDocument.Example example =
                DOCUMENT.examples(Topic.VOICE_SUBMITTED.topicName()).get(0);
        assertThat(((VoiceSubmitted) read(example, example.payload())).gifPreview())
                .isTrue();
        ObjectNode before = example.payload().deepCopy();
        before.remove("gifPreview");
        assertThat(((VoiceSubmitted) read(example, before)).gifPreview()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void aFieldOfAnotherTypeIsNotRead(AsyncApiDocument.Example example) {
        List<String> fields = new ArrayList<>();
        example.payload().fieldNames().forEachRemaining(fields::add);
        for (String field : fields) {
            if (example.payload().get(field).isTextual()
                    && !Set.of("message", "reason").contains(field)) {
                ObjectNode other = example.payload().deepCopy();
                other.putArray(field).add(true);
                assertThatThrownBy(() -> read(example, other)).as(field).isInstanceOf(IOException.class);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Topic.class)
    void aSchemaHasTheFieldsOfItsRecord(Topic topic) throws IOException {
        JsonNode schema = schema(topic);
        sameFields(topic.eventType(), schema, topic.topicName());
    }

    private void sameFields(Class<?> type, JsonNode schema, String where) throws IOException {
        Set<String> properties = new TreeSet<>();
        schema.get("properties").fieldNames().forEachRemaining(properties::add);
        Set<String> required = new TreeSet<>();
        schema.get("required").forEach(name -> required.add(name.asText()));
        Set<String> components = new TreeSet<>();
        Set<String> always = new TreeSet<>();
        for (RecordComponent component : type.getRecordComponents()) {
            components.add(component.getName());
            boolean hasDefault =
                    resolve(schema.get("properties").path(component.getName())).has("default");
            if (!isOptional(component.getType()) && !hasDefault) {
                always.add(component.getName());
            }
        }
        assertThat(properties).as(where).isEqualTo(components);
        assertThat(required).as(where).isEqualTo(always);
        for (RecordComponent component : type.getRecordComponents()) {
            JsonNode property = resolve(schema.get("properties").get(component.getName()));
            Class<?> held = heldType(component.getGenericType());
            if (property.path("type").asText().equals("array")) {
                property = resolve(property.get("items"));
            }
            String path = where + "." + component.getName();
            if (held.isRecord()) {
                sameFields(held, property, path);
            } else if (held.isEnum() && held != JobState.class) {
                Set<String> names = new TreeSet<>();
                for (Object constant : held.getEnumConstants()) {
                    names.add(JSON.valueToTree(constant).asText());
                }
                Set<String> allowed = new TreeSet<>();
                property.get("enum").forEach(name -> allowed.add(name.asText()));
                assertThat(allowed).as(path).isEqualTo(names);
            }
        }
    }

    @Test
    void theFinalStatesOfTheSchemaAreThoseOfTheStateMachine() throws IOException {
        Set<String> states = new TreeSet<>();
        schema(Topic.REQUEST_COMPLETED).at("/properties/state/enum").forEach(state -> states.add(state.asText()));
        assertThat(states)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(JobState.values())
                        .filter(JobState::isFinal)
                        .map(Enum::name)
                        .toList());
    }

    @Test
    void theDeadLetterExampleHasTheDocumentedHeaders() {
        for (Topic topic : Topic.values()) {
            DOCUMENT.examples(topic.deadLetterTopicName()).forEach(example -> assertThat(
                            DOCUMENT.faultsOfHeaders(topic.deadLetterTopicName(), example.headers()))
                    .isEmpty());
        }
    }

    @Test
    void theJsonValueNullIsNoEvent() {
        assertThatThrownBy(() -> EventJson.read("null".getBytes(), Topic.REQUEST_ERASED.eventType()))
                .isInstanceOf(IOException.class);
    }

    private static boolean isOptional(Class<?> type) {
        return type == Optional.class || type == OptionalInt.class || type == OptionalDouble.class;
    }

    private static Class<?> heldType(Type type) {
        if (type instanceof ParameterizedType generic) {
            Class<?> raw = (Class<?>) generic.getRawType();
            return raw == Optional.class || Collection.class.isAssignableFrom(raw)
                    ? heldType(generic.getActualTypeArguments()[0])
                    : raw;
        }
        return (Class<?>) type;
    }

    private static JsonNode schema(Topic topic) throws IOException {
        return resource(DOCUMENT.schemaFile(topic.topicName()));
    }

    private static JsonNode resolve(JsonNode node) throws IOException {
        if (!node.has("$ref")) {
            return node;
        }
        String name = node.get("$ref").asText();
        return resolve(resource("schemas/common.schema.json").at(name.substring(name.indexOf('#') + 1)));
    }

    private static JsonNode resource(String file) throws IOException {
        try (InputStream in = EventContractTest.class.getClassLoader().getResourceAsStream("asyncapi/" + file)) {
            return JSON.readTree(in);
        }
    }

    private static MeshEvent read(AsyncApiDocument.Example example, JsonNode payload) throws IOException {
        Topic topic = Arrays.stream(Topic.values())
                .filter(one -> one.topicName().equals(example.address()))
                .findFirst()
                .orElseThrow();
        return EventJson.read(JSON.writeValueAsBytes(payload), topic.eventType());
    }

    private static List<ObjectNode> objectsIn(JsonNode node) {
        List<ObjectNode> objects = new ArrayList<>();
        if (node instanceof ObjectNode object) {
            objects.add(object);
        }
        node.forEach(child -> objects.addAll(objectsIn(child)));
        return objects;
    }

    /** 4 and 4.0 are the same number in JSON, not in Jackson. */
    private static String numbersAsText(JsonNode node) {
        if (node.isNumber()) {
            return Double.toString(node.doubleValue());
        }
        if (node.isObject()) {
            StringBuilder text = new StringBuilder("{");
            Set<String> names = new TreeSet<>();
            node.fieldNames().forEachRemaining(names::add);
            names.forEach(name -> text.append(name)
                    .append(':')
                    .append(numbersAsText(node.get(name)))
                    .append(','));
            return text.append('}').toString();
        }
        if (node.isArray()) {
            StringBuilder text = new StringBuilder("[");
            node.forEach(child -> text.append(numbersAsText(child)).append(','));
            return text.append(']').toString();
        }
        return node.toString();
    }
}
