package io.voice2face.gateway.api;

import java.net.URI;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

import io.quarkus.panache.common.Page;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.voice2face.gateway.config.GatewayConfig;
import io.voice2face.gateway.persistence.AccountRow;
import io.voice2face.gateway.persistence.WebhookDeliveries;
import io.voice2face.gateway.persistence.WebhookDeliveryRow;
import io.voice2face.gateway.persistence.WebhookRow;
import io.voice2face.gateway.persistence.Webhooks;
import io.voice2face.gateway.security.Caller;
import io.voice2face.gateway.service.Transactions;
import io.voice2face.gateway.webhook.TargetCheck;

/** The caller's webhooks. */
@Path("/api/v1/webhooks")
@Tag(
        name = "Webhooks",
        description =
                "Called with `result.completed` when a result has come to its end. Each call carries"
                        + " `V2F-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of \"<t>.<body>\">` under the webhook's secret.")
public class WebhooksResource {
    private static final int SECRET_BYTES = 32;
    private static final int SHOWN = 50;

    private final Caller caller;
    private final Transactions transactions;
    private final Webhooks webhooks;
    private final WebhookDeliveries deliveries;
    private final TargetCheck targets;
    private final GatewayConfig.Limits limits;
    private final SecureRandom random = new SecureRandom();

    WebhooksResource(
            Caller caller,
            Transactions transactions,
            Webhooks webhooks,
            WebhookDeliveries deliveries,
            TargetCheck targets,
            GatewayConfig config) {
        this.caller = caller;
        this.transactions = transactions;
        this.webhooks = webhooks;
        this.deliveries = deliveries;
        this.targets = targets;
        this.limits = config.limits();
    }

    /** Wish for a webhook. */
    @Schema(name = "WebhookWish")
    public record WebhookWish(
            @NotBlank(message = "must be given") @Schema(examples = "https://example.org/voice2face") String url) {}

    /** A webhook. */
    @Schema(name = "Webhook")
    public record WebhookView(
            UUID id,
            String url,
            @Schema(description = "only in the answer that made it") Optional<String> secret,
            Instant createdAt) {
        static WebhookView of(WebhookRow row, Optional<String> secret) {
            return new WebhookView(row.id, row.url, secret, row.createdAt);
        }
    }

    /** A call to a webhook. */
    @Schema(name = "WebhookDelivery")
    public record DeliveryView(
            UUID id,
            String event,
            WebhookDeliveryRow.State state,
            int attempts,
            @Schema(description = "null once it is delivered or given up") Optional<Instant> nextAttempt,
            Optional<Integer> lastStatus,
            Optional<String> lastError,
            Instant createdAt,
            Optional<Instant> deliveredAt) {
        static DeliveryView of(WebhookDeliveryRow row) {
            return new DeliveryView(
                    row.id,
                    row.event,
                    row.state,
                    row.attempts,
                    row.state == WebhookDeliveryRow.State.PENDING ? Optional.of(row.nextAttempt) : Optional.empty(),
                    Optional.ofNullable(row.lastStatus),
                    Optional.ofNullable(row.lastError),
                    row.createdAt,
                    Optional.ofNullable(row.deliveredAt));
        }
    }

    @POST
    @Operation(operationId = "addWebhook", summary = "Add a webhook", description = "https and public addresses only.")
    @APIResponse(
            responseCode = "201",
            description = "added",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = WebhookView.class)))
    public Uni<Response> add(@NotNull(message = "must be given") @Valid WebhookWish wish) {
        return caller.account()
                .chain(account -> checked(wish.url())
                        .chain(() -> transactions.run(
                                () -> webhooks.count("ownerId", account.id).chain(count -> {
                                    if (count >= limits.webhooks()) {
                                        throw ApiProblem.of(409, "too_many_webhooks", "There are too many webhooks.")
                                                .with("limit", limits.webhooks());
                                    }
                                    return webhooks.persist(row(account, wish.url()));
                                }))))
                .map(row -> Response.created(URI.create("/api/v1/webhooks/" + row.id))
                        .entity(WebhookView.of(row, Optional.of(row.secret)))
                        .build());
    }

    @GET
    @Operation(operationId = "listWebhooks", summary = "The caller's webhooks")
    public Uni<List<WebhookView>> list() {
        return caller.account()
                .chain(account -> transactions.read(() -> webhooks.list("ownerId = ?1 order by createdAt", account.id)))
                .map(rows -> rows.stream()
                        .map(row -> WebhookView.of(row, Optional.empty()))
                        .toList());
    }

    @DELETE
    @Path("/{id}")
    @Operation(operationId = "removeWebhook", summary = "Remove a webhook")
    public Uni<Void> remove(@RestPath UUID id) {
        return caller.account()
                .chain(account -> transactions.run(() -> webhooks.delete("id = ?1 and ownerId = ?2", id, account.id)))
                .invoke(WebhooksResource::requireFound)
                .replaceWithVoid();
    }

    @GET
    @Path("/{id}/deliveries")
    @Operation(
            operationId = "listDeliveries",
            summary = "Calls to a webhook, newest first",
            description = "Those given up are `DEAD`.")
    public Uni<List<DeliveryView>> deliveries(@RestPath UUID id) {
        return caller.account()
                .chain(account -> transactions.read(() -> owned(account, id).chain(hook -> deliveries
                        .find("webhookId = ?1 order by createdAt desc", id)
                        .page(Page.ofSize(SHOWN))
                        .list())))
                .map(rows -> rows.stream().map(DeliveryView::of).toList());
    }

    @POST
    @Path("/{id}/deliveries/{deliveryId}/retry")
    @Operation(operationId = "retryDelivery", summary = "Call again", description = "Also what was given up.")
    @APIResponse(responseCode = "202", description = "will be called")
    public Uni<Response> retry(@RestPath UUID id, @RestPath UUID deliveryId) {
        return caller.account()
                .chain(account -> transactions.run(() -> owned(account, id)
                        .chain(hook -> deliveries.update(
                                "state = ?1, attempts = 0, nextAttempt = ?2 where id = ?3 and webhookId = ?4",
                                WebhookDeliveryRow.State.PENDING,
                                Instant.now(),
                                deliveryId,
                                id))))
                .invoke(updated -> requireFound(updated.longValue()))
                .map(updated -> Response.accepted().build());
    }

    private Uni<WebhookRow> owned(AccountRow account, UUID id) {
        return webhooks.find("id = ?1 and ownerId = ?2", id, account.id)
                .firstResult()
                .map(row -> Optional.ofNullable(row).orElseThrow(ApiProblem::notFound));
    }

    private Uni<Void> checked(String url) {
        return Uni.createFrom()
                .item(() -> {
                    try {
                        return targets.check(url);
                    } catch (TargetCheck.RefusedTargetException e) {
                        throw ApiProblem.invalid("url", "refused_target", e.getMessage());
                    }
                })
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .replaceWithVoid();
    }

    private WebhookRow row(AccountRow account, String url) {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        WebhookRow row = new WebhookRow();
        row.id = UUID.randomUUID();
        row.ownerId = account.id;
        row.url = url;
        row.secret = HexFormat.of().formatHex(secret);
        row.createdAt = Instant.now().truncatedTo(ChronoUnit.MICROS);
        return row;
    }

    private static void requireFound(long rows) {
        if (rows == 0) {
            throw ApiProblem.notFound();
        }
    }
}
