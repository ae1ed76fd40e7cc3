package io.voice2face.gateway.api;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.voice2face.gateway.mesh.MeshServers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;

import static org.assertj.core.api.Assertions.assertThat;

/** Walks the OpenAPI document as a client's developer reads it. */
@QuarkusTest
@QuarkusTestResource(MeshServers.class)
class OpenApiTest {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

    private final ObjectMapper json = new ObjectMapper();
    private final JsonSchemaFactory schemas = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    private JsonNode document;

    @BeforeEach
    void read() throws Exception {
        document = json.readTree(RestAssured.get("/openapi?format=json").asString());
    }

    @Test
    void everyOperationHasANameAndSaysWhatItDoes() {
        Set<String> names = new HashSet<>();
        operations().forEach((name, operation) -> {
            assertThat(operation.path("summary").asText()).as(name).isNotBlank();
            assertThat(names.add(operation.path("operationId").asText()))
                    .as(name)
                    .isTrue();
            assertThat(operation.path("tags")).as(name).isNotEmpty();
        });
        assertThat(names).hasSizeGreaterThan(40).doesNotContain("");
    }

    @Test
    void everyBodyHasAnExampleThatFitsItsSchema() {
        List<String> missing = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        bodies().forEach((name, body) -> {
            if (isFile(body.path("schema"))) {
                return;
            }
            if (!body.has("example")) {
                missing.add(name);
            } else if (!body.path("schema").isMissingNode()) {
                validator(body.path("schema"))
                        .validate(body.path("example"))
                        .forEach(error -> wrong.add(name + " " + error));
            }
        });
        assertThat(missing).isEmpty();
        assertThat(wrong).isEmpty();
    }

    @Test
    void aBodyThatMayBeLeftOutIsNotRequired() {
        operations().forEach((name, operation) -> assertThat(
                        operation.at("/requestBody/required").asBoolean())
                .as(name)
                .isEqualTo(operation.has("requestBody")
                        && !operation.at("/requestBody/description").asText().equals("may be left out")));
    }

    @Test
    void everyAnswerIsDescribedAndEveryRefusalIsAProblem() {
        operations().forEach((name, operation) -> {
            JsonNode answers = operation.path("responses");
            Set<String> statuses = new HashSet<>();
            answers.fieldNames().forEachRemaining(statuses::add);
            assertThat(statuses).as(name).anyMatch(status -> status.startsWith("2") || status.equals("307"));
            answers.fields().forEachRemaining(answer -> {
                String of = name + " " + answer.getKey();
                assertThat(answer.getValue().path("description").asText())
                        .as(of)
                        .isNotBlank();
                if (answer.getKey().compareTo("400") >= 0) {
                    JsonNode problem = answer.getValue().path("content").path(ProblemMapping.MEDIA_TYPE);
                    assertThat(problem.path("schema").path("$ref").asText())
                            .as(of)
                            .endsWith("/Problem");
                    assertThat(problem.path("example").path("status").asText())
                            .as(of)
                            .isEqualTo(answer.getKey());
                    assertThat(problem.path("example").path("type").asText())
                            .as(of)
                            .isEqualTo(ProblemMapping.TYPE_BASE
                                    + problem.path("example").path("reason").asText());
                } else if (!Set.of("202", "204", "304", "307").contains(answer.getKey())) {
                    assertThat(answer.getValue().path("content")).as(of).isNotEmpty();
                }
            });
        });
    }

    @Test
    void everyExampleOfARequestCanBeReadByTheGateway() throws Exception {
        ObjectMapper strict = json.copy();
        Map<String, Class<?>> bodies = Map.of(
                "signUp", UsersResource.SignUp.class,
                "changeMe", UsersResource.ProfileChange.class,
                "changePassword", UsersResource.PasswordChange.class,
                "logIn", TokensResource.Credentials.class,
                "enterAsGuest", TokensResource.GuestWish.class,
                "rateVariant", FeedbackResource.Rating.class,
                "answerSurvey", FeedbackResource.Answers.class,
                "shareResult", SharingResource.ShareWish.class,
                "addWebhook", WebhooksResource.WebhookWish.class);
        strict.findAndRegisterModules();
        for (JsonNode operation : operations().values()) {
            Class<?> record = bodies.get(operation.path("operationId").asText());
            if (record != null) {
                JsonNode example = operation.at("/requestBody/content/application~1json/example");
                assertThat(strict.treeToValue(example, record))
                        .as(record.getSimpleName())
                        .isNotNull();
            }
        }
    }

    private Map<String, JsonNode> operations() {
        Map<String, JsonNode> found = new TreeMap<>();
        document.path("paths")
                .fields()
                .forEachRemaining(path -> path.getValue().fields().forEachRemaining(operation -> {
                    if (METHODS.contains(operation.getKey())) {
                        found.put(operation.getKey().toUpperCase() + " " + path.getKey(), operation.getValue());
                    }
                }));
        return found;
    }

    /** Everything that goes over the line with a media type, by operation, status and type. */
    private Map<String, JsonNode> bodies() {
        Map<String, JsonNode> found = new TreeMap<>();
        operations().forEach((name, operation) -> {
            operation
                    .path("requestBody")
                    .path("content")
                    .fields()
                    .forEachRemaining(body -> found.put(name + " request " + body.getKey(), body.getValue()));
            operation.path("responses").fields().forEachRemaining(answer -> answer.getValue()
                    .path("content")
                    .fields()
                    .forEachRemaining(
                            body -> found.put(name + " " + answer.getKey() + " " + body.getKey(), body.getValue())));
        });
        return found;
    }

    private static boolean isFile(JsonNode schema) {
        return schema.path("format").asText().equals("binary");
    }

    /** A schema of the document with the document's components beside it. */
    private JsonSchema validator(JsonNode schema) {
        ObjectNode whole = schema.deepCopy();
        whole.set("components", document.path("components"));
        return schemas.getSchema(
                whole,
                SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build());
    }
}
