package io.voice2face.messaging;

import java.util.Map;

/**
 * A record as it goes onto a topic; what an outbox row keeps.
 *
 * @param topic Kafka name of the topic
 * @param key record key: the request id
 * @param value UTF-8 JSON data
 * @param headers CloudEvents attributes ({@code ce_…}), {@code content-type} and the W3C trace context
 */
public record EventRecord(String topic, String key, byte[] value, Map<String, String> headers) {
    public EventRecord {
        headers = Map.copyOf(headers);
    }
}
