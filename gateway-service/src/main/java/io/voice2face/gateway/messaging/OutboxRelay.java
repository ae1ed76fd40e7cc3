package io.voice2face.gateway.messaging;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jboss.logging.Logger;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import io.voice2face.contracts.EventJson;
import io.voice2face.gateway.config.GatewayConfig;
import io.voice2face.messaging.EventPublisher;
import io.voice2face.messaging.EventRecord;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;

/**
 * Sends what the outbox holds, on any number of instances at once.
 *
 * <p>A row is claimed for a while ({@code for update skip locked} keeps instances out of each other's way), sent, and
 * deleted when the broker has acknowledged it. Who dies in between leaves a claim that runs out: the event is then sent a
 * second time, with the same id. Only the oldest row of a key is ever claimed, so events of one request keep their order.
 * While the broker is away nothing is lost and nobody waits: rows stay, and attempts back off.
 */
@ApplicationScoped
public class OutboxRelay {
    private static final Logger LOG = Logger.getLogger(OutboxRelay.class);
    private static final Duration FIRST_BACK_OFF = Duration.ofMillis(200);

    private static final String CLAIM =
            """
            update outbox set claimed_until = now() + ($2 * interval '1 millisecond')
            where id in (
                select o.id from outbox o
                where o.claimed_until < now()
                  and not exists (select 1 from outbox older where older.record_key = o.record_key and older.id < o.id)
                order by o.id limit $1 for update skip locked)
            returning id, record_key, topic, data, headers
            """;
    private static final String DELETE = "delete from outbox where id = any($1)";
    private static final String RELEASE = "update outbox set claimed_until = '-infinity' where id = any($1)";
    private static final String WAITING =
            "select count(*), coalesce(extract(epoch from now() - min(created_at)), 0) from outbox";

    private final Pool database;
    private final EventPublisher publisher;
    private final GatewayConfig.Outbox settings;
    private final Vertx vertx;
    private final AtomicBoolean running = new AtomicBoolean();
    private final AtomicBoolean again = new AtomicBoolean();
    private volatile Duration backOff = FIRST_BACK_OFF;
    private volatile boolean backingOff;
    private volatile boolean stopping;
    private volatile double waitingRows;
    private volatile double oldestSeconds;

    OutboxRelay(Pool database, EventPublisher publisher, GatewayConfig config, Vertx vertx, MeterRegistry registry) {
        this.database = database;
        this.publisher = publisher;
        this.settings = config.outbox();
        this.vertx = vertx;
        registry.gauge("v2f.outbox.rows", this, relay -> relay.waitingRows);
        registry.gauge("v2f.outbox.oldest.seconds", this, relay -> relay.oldestSeconds);
    }

    /** There is something to send; returns at once. */
    public void wake() {
        if (stopping || backingOff) {
            return;
        }
        if (!running.compareAndSet(false, true)) {
            again.set(true);
            return;
        }
        again.set(false);
        drain().subscribe()
                .with(
                        ignored -> {
                            backOff = FIRST_BACK_OFF;
                            running.set(false);
                            if (again.get()) {
                                wake();
                            }
                        },
                        this::retryLater);
    }

    /** What another instance left behind when it died, and what a lost wake-up left. */
    @Scheduled(every = "1s", delayed = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    Uni<Void> sweep() {
        wake();
        return Uni.createFrom().voidItem();
    }

    @Scheduled(every = "5s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    Uni<Void> measure() {
        return database.preparedQuery(WAITING)
                .execute()
                .invoke(rows -> {
                    Row row = rows.iterator().next();
                    waitingRows = row.getLong(0);
                    oldestSeconds = row.getDouble(1);
                })
                .replaceWithVoid()
                .onFailure()
                .invoke(failure -> LOG.debugf("outbox not measured: %s", failure.getMessage()))
                .onFailure()
                .recoverWithNull();
    }

    void stop(@Observes ShutdownEvent event) {
        stopping = true;
    }

    private void retryLater(Throwable failure) {
        LOG.warnf("outbox waits %d ms: %s", backOff.toMillis(), failure.getMessage());
        LOG.debug("outbox failure", failure);
        backingOff = true;
        long wait = backOff.toMillis();
        backOff = Duration.ofMillis(Math.min(wait * 2, settings.maxBackOff().toMillis()));
        vertx.setTimer(wait, id -> {
            backingOff = false;
            running.set(false);
            wake();
        });
    }

    /** Sends batch after batch until a claim comes back empty. */
    private Uni<Void> drain() {
        return claim().chain(rows ->
                rows.isEmpty() ? Uni.createFrom().voidItem() : send(rows).chain(this::drain));
    }

    private Uni<List<Claimed>> claim() {
        return database.preparedQuery(CLAIM)
                .execute(Tuple.of(settings.batch(), (double) settings.claim().toMillis()))
                .map(rows -> {
                    List<Claimed> claimed = new ArrayList<>();
                    rows.forEach(row -> claimed.add(Claimed.of(row)));
                    return claimed;
                });
    }

    private Uni<Void> send(List<Claimed> rows) {
        // at most one row of a key is in a batch: they may go side by side
        List<Long> sent = java.util.Collections.synchronizedList(new ArrayList<>());
        Uni<Void> sending = Multi.createFrom()
                .iterable(rows)
                .onItem()
                .transformToUni(row -> publisher.send(row.record()).invoke(() -> sent.add(row.id())))
                .collectFailures()
                .merge(16)
                .collect()
                .last()
                .replaceWithVoid();
        return sending.onItemOrFailure().transformToUni((done, failure) -> {
            List<Long> unsent = rows.stream()
                    .map(Claimed::id)
                    .filter(id -> !sent.contains(id))
                    .toList();
            Uni<Void> tidied = deleted(sent).chain(() -> released(unsent));
            return failure == null
                    ? tidied
                    : tidied.onItemOrFailure()
                            .transformToUni((tidy, second) -> Uni.createFrom().failure(failure));
        });
    }

    private Uni<Void> deleted(List<Long> ids) {
        return ids.isEmpty() ? Uni.createFrom().voidItem() : update(DELETE, ids);
    }

    private Uni<Void> released(List<Long> ids) {
        return ids.isEmpty() ? Uni.createFrom().voidItem() : update(RELEASE, ids);
    }

    private Uni<Void> update(String statement, List<Long> ids) {
        return database.preparedQuery(statement)
                .execute(Tuple.of(ids.toArray(Long[]::new)))
                .replaceWithVoid();
    }

    private record Claimed(long id, EventRecord record) {
        private static final TypeReference<Map<String, String>> HEADERS = new TypeReference<>() {};

        static Claimed of(Row row) {
            try {
                return new Claimed(
                        row.getLong("id"),
                        new EventRecord(
                                row.getString("topic"),
                                row.getString("record_key"),
                                row.getString("data").getBytes(StandardCharsets.UTF_8),
                                EventJson.mapper().readValue(row.getString("headers"), HEADERS)));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("outbox row " + row.getLong("id") + " has no headers", e);
            }
        }
    }
}
