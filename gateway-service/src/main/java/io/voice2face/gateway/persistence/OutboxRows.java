package io.voice2face.gateway.persistence;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;

/** Events to be sent. */
@ApplicationScoped
public class OutboxRows implements PanacheRepositoryBase<OutboxRow, Long> {}
