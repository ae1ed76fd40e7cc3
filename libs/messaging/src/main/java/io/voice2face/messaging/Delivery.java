package io.voice2face.messaging;

import java.time.Instant;
import java.util.Optional;

import io.voice2face.contracts.Topic;

/**
 * Circumstances in which an event arrived.
 *
 * @param topic topic that carried it
 * @param attempt 1 for the first call of the handler, 2 for the first retry, …
 * @param publishedAt time at which the broker or the producer stamped the record
 * @param eventId CloudEvents {@code id}; the same when the event is sent again; empty if a foreign producer left it out
 */
public record Delivery(Topic topic, int attempt, Instant publishedAt, Optional<String> eventId) {}
