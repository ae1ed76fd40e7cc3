package io.voice2face.gateway.persistence;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;

/** Ratings. */
@ApplicationScoped
public class Ratings implements PanacheRepositoryBase<RatingRow, RatingRow.Key> {}
