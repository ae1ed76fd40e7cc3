package io.voice2face.gateway.persistence;

import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;

/** Webhooks. */
@ApplicationScoped
public class Webhooks implements PanacheRepositoryBase<WebhookRow, UUID> {}
