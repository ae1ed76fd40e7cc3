package io.voice2face.gateway.service;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The time. */
final class Now {
    private Now() {}

    /** As fine as the database keeps it, so that a client sees the same time in every answer. */
    static Instant asKept() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }
}
