package io.voice2face.messaging;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * A record on a {@code <topic>-dlq} topic: the bytes, key and headers of the original, and why it is there.
 *
 * @param record the record on the dead-letter topic
 */
public record DeadLetter(ConsumerRecord<byte[], byte[]> record) {

    /** Topic that the record was consumed from. */
    public String originalTopic() {
        return header(EventHeaders.DEAD_LETTER_TOPIC)
                .orElseThrow(() -> new IllegalStateException("no header " + EventHeaders.DEAD_LETTER_TOPIC + " on "
                        + record.topic() + "@" + record.offset()));
    }

    /** Sentence that says why. */
    public String reason() {
        return header(EventHeaders.DEAD_LETTER_REASON).orElse("");
    }

    /** Service that could not process it. */
    public Optional<String> consumer() {
        return header(EventHeaders.DEAD_LETTER_CONSUMER);
    }

    /** Value of a header, the last one of that name. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(record.headers().lastHeader(name))
                .map(Header::value)
                .map(value -> new String(value, StandardCharsets.UTF_8));
    }

    ProducerRecord<byte[], byte[]> replay() {
        ProducerRecord<byte[], byte[]> again = new ProducerRecord<>(originalTopic(), record.key(), record.value());
        for (Header header : record.headers()) {
            if (!header.key().startsWith(EventHeaders.DEAD_LETTER_PREFIX)
                    && !header.key().equals(EventHeaders.REPLAY_FOR)) {
                again.headers().add(header);
            }
        }
        consumer().ifPresent(service -> again.headers()
                .add(EventHeaders.REPLAY_FOR, service.getBytes(StandardCharsets.UTF_8)));
        return again;
    }

    static void describe(Headers headers, String name, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        headers.add(name, bytes.length <= 2_000 ? bytes : Arrays.copyOf(bytes, 2_000));
    }
}
