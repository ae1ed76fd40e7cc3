package io.voice2face.gateway.persistence;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;

/** Idempotency keys. */
@ApplicationScoped
public class IdempotencyKeys implements PanacheRepositoryBase<IdempotencyKeyRow, IdempotencyKeyRow.Key> {}
