package io.voice2face.gateway.service;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;

import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;

import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import io.voice2face.gateway.config.GatewayConfig;
import io.voice2face.gateway.persistence.Results;

/** Deletes rows that have served, and ends jobs that nobody works on any more. Safe on several instances at once. */
@ApplicationScoped
public class Housekeeping {
    private static final Logger LOG = Logger.getLogger(Housekeeping.class);
    private static final Duration OLD = Duration.ofDays(30);
    private static final int AT_ONCE = 100;

    private final Pool database;
    private final Transactions transactions;
    private final Results results;
    private final JobProgression progression;
    private final Map<String, Duration> deletions = new LinkedHashMap<>();
    private final Duration stalled;

    Housekeeping(
            Pool database,
            Transactions transactions,
            Results results,
            JobProgression progression,
            GatewayConfig config) {
        this.database = database;
        this.transactions = transactions;
        this.results = results;
        this.progression = progression;
        GatewayConfig.Housekeeping settings = config.housekeeping();
        this.stalled = settings.stalledJobs();
        deletions.put(
                "delete from request_event where kind = 'progress' and created_at < $1",
                config.events().keepProgress());
        deletions.put("delete from processed_event where processed_at < $1", settings.processedEvents());
        deletions.put("delete from idempotency_key where created_at < $1", settings.idempotencyKeys());
        deletions.put("delete from login_throttle where first_failure < $1", Duration.ofDays(1));
        deletions.put("delete from share_link where expires_at < $1", Duration.ZERO);
        deletions.put("delete from webhook_delivery where state <> 'PENDING' and created_at < $1", OLD);
        deletions.put(
                "delete from account where role = 'GUEST' and created_at < $1"
                        + " and not exists (select 1 from voice_request r where r.owner_id = account.id)",
                settings.idleGuests());
    }

    @Scheduled(every = "60s", delayed = "20s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    Uni<Void> tidy() {
        Instant now = Instant.now();
        return Multi.createFrom()
                .iterable(deletions.entrySet())
                .onItem()
                .transformToUniAndConcatenate(deletion -> database.preparedQuery(deletion.getKey())
                        .execute(Tuple.of(OffsetDateTime.ofInstant(now.minus(deletion.getValue()), ZoneOffset.UTC))))
                .collect()
                .last()
                .chain(() -> transactions.read(() -> results.silentSince(now.minus(stalled), AT_ONCE)))
                .chain(silent -> Multi.createFrom()
                        .iterable(silent)
                        .onItem()
                        .transformToUniAndConcatenate(result -> progression.stall(result.requestId, result.id))
                        .collect()
                        .last())
                .replaceWithVoid()
                .onFailure()
                .invoke(failure -> LOG.warnf("not tidied up: %s", failure.getMessage()))
                .onFailure()
                .recoverWithNull();
    }
}
