package io.voice2face.gateway.service;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Uni;
import io.voice2face.gateway.api.ApiProblem;
import io.voice2face.gateway.persistence.IdempotencyKeyRow;
import io.voice2face.gateway.persistence.IdempotencyKeys;
import io.voice2face.gateway.persistence.RequestRow;

/**
 * Remembers what a call with an Idempotency-Key made, so that the same call again is answered with the same. To be called
 * inside a session.
 */
@ApplicationScoped
class Idempotency {
    private final IdempotencyKeys keys;

    Idempotency(IdempotencyKeys keys) {
        this.keys = keys;
    }

    /** What was made with the key before; empty for none, 422 where the key was used for something else. */
    Uni<Optional<IdempotencyKeyRow>> earlier(UUID owner, Optional<String> key, String fingerprint) {
        if (key.isEmpty()) {
            return Uni.createFrom().item(Optional.empty());
        }
        return keys.findById(new IdempotencyKeyRow.Key(owner, key.get()))
                .map(Optional::ofNullable)
                .invoke(found -> found.filter(row -> !row.fingerprint.equals(fingerprint))
                        .ifPresent(other -> {
                            throw ApiProblem.of(
                                    422,
                                    "idempotency_key_reused",
                                    "This Idempotency-Key was used for something else before.");
                        }));
    }

    /** Writes down that the key stands for the request's latest result. */
    Uni<Void> remember(UUID owner, Optional<String> key, String fingerprint, RequestRow request) {
        if (key.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        IdempotencyKeyRow row = new IdempotencyKeyRow();
        row.ownerId = owner;
        row.value = key.get();
        row.fingerprint = fingerprint;
        row.requestId = request.id;
        row.resultId = request.latestResultId;
        row.createdAt = Instant.now();
        return keys.persistAndFlush(row).replaceWithVoid();
    }

    /** True where another call with the same key was quicker. */
    static boolean isKeyTaken(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message != null && message.contains("idempotency_key_pkey")) {
                return true;
            }
        }
        return false;
    }
}
