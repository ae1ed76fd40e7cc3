package io.voice2face.gateway.service;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.event.RequestCompleted;
import io.voice2face.gateway.persistence.JsonColumn;
import io.voice2face.gateway.persistence.WebhookDeliveries;
import io.voice2face.gateway.persistence.WebhookDeliveryRow;
import io.voice2face.gateway.persistence.Webhooks;

/** Queues the calls to a person's webhooks in the transaction that ends their result. */
@ApplicationScoped
public class WebhookQueue {
    /** Name of the only event there is. */
    public static final String RESULT_COMPLETED = "result.completed";

    private final Webhooks webhooks;
    private final WebhookDeliveries deliveries;

    WebhookQueue(Webhooks webhooks, WebhookDeliveries deliveries) {
        this.webhooks = webhooks;
        this.deliveries = deliveries;
    }

    /**
     * What a webhook is told: ids and state. The media are fetched through the API, with the person's token.
     *
     * @param result address of the result in the API
     */
    public record Body(
            UUID id,
            String event,
            UUID requestId,
            UUID resultId,
            String state,
            String reason,
            String result,
            Instant at) {}

    Uni<Void> add(UUID owner, RequestCompleted completed) {
        return webhooks.list("ownerId", owner).chain(hooks -> Multi.createFrom()
                .iterable(hooks)
                .onItem()
                .transformToUniAndConcatenate(hook -> deliveries.persist(delivery(hook.id, completed)))
                .collect()
                .last()
                .replaceWithVoid());
    }

    private static WebhookDeliveryRow delivery(UUID webhookId, RequestCompleted completed) {
        WebhookDeliveryRow row = new WebhookDeliveryRow();
        row.id = UUID.nameUUIDFromBytes((webhookId + "/" + completed.eventId()).getBytes(StandardCharsets.UTF_8));
        row.webhookId = webhookId;
        row.event = RESULT_COMPLETED;
        row.body = JsonColumn.write(new Body(
                row.id,
                RESULT_COMPLETED,
                completed.requestId(),
                completed.resultId(),
                completed.state().name(),
                completed.reason().orElse(""),
                "/api/v1/requests/" + completed.requestId() + "/results/" + completed.resultId(),
                completed.completedAt()));
        row.state = WebhookDeliveryRow.State.PENDING;
        row.nextAttempt = Instant.now();
        row.createdAt = row.nextAttempt;
        return row;
    }
}
