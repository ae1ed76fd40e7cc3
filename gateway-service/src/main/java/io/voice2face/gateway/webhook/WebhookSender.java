package io.voice2face.gateway.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.core.buffer.Buffer;
import io.vertx.mutiny.ext.web.client.WebClient;
import io.vertx.mutiny.ext.web.codec.BodyCodec;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import io.voice2face.gateway.config.GatewayConfig;

/**
 * Makes the calls that are due, on any number of instances at once: a call is claimed by moving its next attempt behind
 * the time that it may take. Redirects are not followed. What fails is tried again with growing waits, then given up and
 * shown to its owner as dead.
 */
@ApplicationScoped
public class WebhookSender {
    private static final Logger LOG = Logger.getLogger(WebhookSender.class);
    private static final int AT_ONCE = 20;
    private static final int LONGEST_ERROR = 300;
    private static final Duration LONGEST_WAIT = Duration.ofHours(6);

    private static final String CLAIM =
            """
            update webhook_delivery d set next_attempt = now() + ($2 * interval '1 millisecond'), attempts = d.attempts + 1
            from webhook w
            where w.id = d.webhook_id and d.id in (
                select id from webhook_delivery where state = 'PENDING' and next_attempt <= now()
                order by next_attempt limit $1 for update skip locked)
            returning d.id, d.event, d.body, d.attempts, w.url, w.secret
            """;
    private static final String DELIVERED =
            """
            update webhook_delivery set state = 'DELIVERED', delivered_at = now(), last_status = $2, last_error = null
            where id = $1
            """;
    private static final String FAILED =
            """
            update webhook_delivery set state = $2, last_status = nullif($3, 0), last_error = $4,
                next_attempt = now() + ($5 * interval '1 millisecond')
            where id = $1
            """;

    private final Pool database;
    private final TargetCheck targets;
    private final GatewayConfig.Webhooks settings;
    private final WebClient http;
    private final MeterRegistry registry;

    WebhookSender(Pool database, TargetCheck targets, GatewayConfig config, Vertx vertx, MeterRegistry registry) {
        this.database = database;
        this.targets = targets;
        this.settings = config.webhooks();
        this.registry = registry;
        this.http = WebClient.create(
                vertx,
                new WebClientOptions()
                        .setFollowRedirects(false)
                        .setConnectTimeout((int) settings.timeout().toMillis())
                        .setKeepAlive(false)
                        .setMaxPoolSize(AT_ONCE)
                        .setUserAgent("voice2face-webhook"));
    }

    @Scheduled(every = "2s", delayed = "3s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    Uni<Void> send() {
        double claim = settings.timeout().multipliedBy(3).toMillis();
        return database.preparedQuery(CLAIM)
                .execute(Tuple.of(AT_ONCE, claim))
                .map(rows -> {
                    List<Call> calls = new ArrayList<>();
                    rows.forEach(row -> calls.add(Call.of(row)));
                    return calls;
                })
                .chain(calls -> Multi.createFrom()
                        .iterable(calls)
                        .onItem()
                        .transformToUniAndMerge(this::make)
                        .collect()
                        .last())
                .replaceWithVoid()
                .onFailure()
                .invoke(failure -> LOG.debugf("webhooks wait: %s", failure.getMessage()))
                .onFailure()
                .recoverWithNull();
    }

    private Uni<Void> make(Call call) {
        return Uni.createFrom()
                .item(() -> {
                    try {
                        return targets.check(call.url());
                    } catch (TargetCheck.RefusedTargetException e) {
                        throw new IllegalArgumentException(e.getMessage());
                    }
                })
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .chain(target -> post(call, target))
                .chain(status -> status >= 200 && status < 300
                        ? delivered(call, status)
                        : failed(call, status, "the address answered " + status))
                .onFailure()
                .recoverWithUni(failure -> failed(call, 0, String.valueOf(failure.getMessage())));
    }

    private Uni<Integer> post(Call call, TargetCheck.Target target) {
        boolean tls = "https".equals(target.uri().getScheme());
        String path = target.uri().getRawPath().isEmpty() ? "/" : target.uri().getRawPath();
        String query =
                target.uri().getRawQuery() == null ? "" : "?" + target.uri().getRawQuery();
        RequestOptions options = new RequestOptions()
                // the address that was judged, under the name that the certificate has to be for
                .setServer(SocketAddress.inetSocketAddress(
                        target.port(), target.address().getHostAddress()))
                .setHost(target.uri().getHost())
                .setPort(target.port())
                .setSsl(tls)
                .setURI(path + query)
                .setMethod(HttpMethod.POST);
        return http.request(HttpMethod.POST, options)
                .putHeader("Content-Type", "application/json")
                .putHeader("V2F-Event", call.event())
                .putHeader("V2F-Delivery", call.id().toString())
                .putHeader(
                        Signature.HEADER,
                        Signature.of(call.secret(), Instant.now().getEpochSecond(), call.body()))
                .timeout(settings.timeout().toMillis())
                // whatever is answered is thrown away as it comes
                .as(BodyCodec.none())
                .sendBuffer(Buffer.buffer(call.body()))
                .map(answer -> answer.statusCode());
    }

    private Uni<Void> delivered(Call call, int status) {
        registry.counter("v2f.webhook.calls", "outcome", "delivered").increment();
        return database.preparedQuery(DELIVERED)
                .execute(Tuple.of(call.id(), status))
                .replaceWithVoid();
    }

    private Uni<Void> failed(Call call, int status, String why) {
        boolean dead = call.attempts() >= settings.attempts();
        registry.counter("v2f.webhook.calls", "outcome", dead ? "dead" : "retried")
                .increment();
        double wait = settings.backOff().toMillis() * Math.pow(2, call.attempts() - 1);
        double varied = Math.min(wait, LONGEST_WAIT.toMillis())
                * (0.8 + ThreadLocalRandom.current().nextDouble(0.4));
        return database.preparedQuery(FAILED)
                .execute(Tuple.of(
                        call.id(),
                        dead ? "DEAD" : "PENDING",
                        status,
                        why.substring(0, Math.min(why.length(), LONGEST_ERROR)),
                        varied))
                .replaceWithVoid();
    }

    @PreDestroy
    void close() {
        http.close();
    }

    private record Call(UUID id, String event, String body, int attempts, String url, String secret) {
        static Call of(Row row) {
            return new Call(
                    row.getUUID("id"),
                    row.getString("event"),
                    row.getString("body"),
                    row.getInteger("attempts"),
                    row.getString("url"),
                    row.getString("secret"));
        }
    }
}
