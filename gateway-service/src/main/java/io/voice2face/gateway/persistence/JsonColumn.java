package io.voice2face.gateway.persistence;

import java.io.UncheckedIOException;

import io.voice2face.contracts.EventJson;

import com.fasterxml.jackson.core.JsonProcessingException;

/** Records that are kept as JSON text in a column: read and replaced whole, never queried into. */
public final class JsonColumn {
    private JsonColumn() {}

    /** Text of a record. */
    public static String write(Object value) {
        try {
            return EventJson.mapper().writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Record of a text. */
    public static <T> T read(String json, Class<T> type) {
        try {
            return EventJson.mapper().readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
