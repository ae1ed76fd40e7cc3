package io.voice2face.gateway.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.MediaType;
import org.eclipse.microprofile.openapi.models.media.Schema;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Puts examples into the OpenAPI document: of a body's schema by its name, or of one answer of one operation by
 * {@code METHOD path status}, out of {@code openapi/examples.json}.
 */
final class OpenApiExamples {
    private static final String RESOURCE = "/openapi/examples.json";
    private static final String JSON = "application/json";

    private final Map<String, Object> examples;

    private OpenApiExamples(Map<String, Object> examples) {
        this.examples = examples;
    }

    static OpenApiExamples load() {
        try (InputStream in = OpenApiExamples.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing");
            }
            return new OpenApiExamples(new ObjectMapper().readValue(in, new TypeReference<Map<String, Object>>() {}));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds what there is for an operation; where a body has an example already it stays. */
    void addTo(String name, Operation operation) {
        if (operation.getRequestBody() != null) {
            operation.getRequestBody().getContent().getMediaTypes().values().forEach(body -> add(body, name));
        }
        operation.getResponses().getAPIResponses().forEach((status, answer) -> {
            if (answer.getContent() != null && answer.getContent().hasMediaType(JSON)) {
                add(answer.getContent().getMediaType(JSON), name + " " + status);
            }
        });
    }

    private void add(MediaType body, String name) {
        if (body.getExample() == null && body.getSchema() != null) {
            Optional.ofNullable(examples.get(name))
                    .or(() -> ofSchema(body.getSchema()))
                    .ifPresent(body::setExample);
        }
    }

    private Optional<Object> ofSchema(Schema schema) {
        if (schema.getRef() != null) {
            String name = schema.getRef().substring(schema.getRef().lastIndexOf('/') + 1);
            return Optional.ofNullable(examples.get(name));
        }
        return schema.getItems() == null
                ? Optional.empty()
                : ofSchema(schema.getItems()).map(List::of);
    }
}
