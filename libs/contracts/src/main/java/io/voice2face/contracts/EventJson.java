package io.voice2face.contracts;

import java.io.IOException;
import java.util.Optional;

import io.voice2face.contracts.event.MeshEvent;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.fasterxml.jackson.module.paramnames.ParameterNamesModule;

/** How events become JSON: absent values are left out, instants are ISO 8601, unknown fields are ignored. */
public final class EventJson {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .addModule(new JavaTimeModule())
            .addModule(new ParameterNamesModule())
            .serializationInclusion(JsonInclude.Include.NON_ABSENT)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private EventJson() {}

    /** The mapper, for readers and writers beside the events. */
    public static ObjectMapper mapper() {
        return MAPPER;
    }

    /** UTF-8 JSON of an event. */
    public static byte[] write(MeshEvent event) {
        try {
            return MAPPER.writeValueAsBytes(event);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an event record must always serialise", e);
        }
    }

    /**
     * Event of UTF-8 JSON.
     *
     * @throws IOException if the bytes are not JSON or a required field is missing or of another type
     */
    public static <E extends MeshEvent> E read(byte[] json, Class<E> type) throws IOException {
        E event = MAPPER.readValue(json, type);
        if (event == null) {
            throw new IOException("the data is the JSON value null");
        }
        Optional<String> missing = RecordCompleteness.missing((Record) event);
        if (missing.isPresent()) {
            throw new IOException("required field " + missing.get() + " is missing");
        }
        return event;
    }
}
