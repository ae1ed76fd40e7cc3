package io.voice2face.gateway.persistence;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;

/** What happened to requests. */
@ApplicationScoped
public class RequestEvents implements PanacheRepositoryBase<RequestEventRow, Long> {}
