package io.voice2face.messaging;

/** Names of the record headers on the mesh's topics. */
public final class EventHeaders {
    /** CloudEvents attributes, binary mode of the Kafka protocol binding. */
    public static final String SPEC_VERSION = "ce_specversion";

    public static final String ID = "ce_id";
    public static final String TYPE = "ce_type";
    public static final String SOURCE = "ce_source";
    public static final String TIME = "ce_time";
    public static final String SUBJECT = "ce_subject";
    public static final String CONTENT_TYPE = "content-type";

    /** Prefix of all headers that a dead letter has beyond those of the original record. */
    public static final String DEAD_LETTER_PREFIX = "dead-letter-";

    /** Sentence that says why. */
    public static final String DEAD_LETTER_REASON = "dead-letter-reason";
    /** {@code poison} (cannot be read, or never can be processed) or {@code exhausted} (retries are used up). */
    public static final String DEAD_LETTER_KIND = "dead-letter-kind";
    /** Class of the exception. */
    public static final String DEAD_LETTER_EXCEPTION = "dead-letter-exception-class-name";
    /** Topic, partition and offset of the original record. */
    public static final String DEAD_LETTER_TOPIC = "dead-letter-topic";

    public static final String DEAD_LETTER_PARTITION = "dead-letter-partition";
    public static final String DEAD_LETTER_OFFSET = "dead-letter-offset";
    /** Service that could not process the record. */
    public static final String DEAD_LETTER_CONSUMER = "dead-letter-consumer";
    /** Number of calls of the handler, 0 for a record that could not be read. */
    public static final String DEAD_LETTER_ATTEMPTS = "dead-letter-attempts";
    /** ISO 8601 time of the dead-lettering. */
    public static final String DEAD_LETTER_TIME = "dead-letter-time";

    /** On a replayed record: the only service that should process it; the others have done so already. */
    public static final String REPLAY_FOR = "v2f-replay-for";

    private EventHeaders() {}
}
