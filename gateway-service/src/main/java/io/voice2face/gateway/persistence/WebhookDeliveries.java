package io.voice2face.gateway.persistence;

import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;

/** Deliveries to webhooks. */
@ApplicationScoped
public class WebhookDeliveries implements PanacheRepositoryBase<WebhookDeliveryRow, UUID> {}
