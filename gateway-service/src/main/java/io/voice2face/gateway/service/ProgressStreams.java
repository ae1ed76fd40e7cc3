package io.voice2face.gateway.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.enterprise.context.ApplicationScoped;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import io.voice2face.gateway.config.GatewayConfig;
import io.voice2face.gateway.persistence.RequestRow;
import io.voice2face.gateway.persistence.Requests;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Streams of what happens to a request. A stream pulls from the log when its client has taken what it was given, so a slow
 * client costs no memory; and since the log is in the database it does not matter which instance took the event in, or
 * whether this one was restarted in between.
 */
@ApplicationScoped
public class ProgressStreams {
    private static final String AFTER =
            """
            select id, kind, data, ends from request_event
            where request_id = $1 and id > $2 order by id limit $3
            """;
    private static final String NEWEST = "select coalesce(max(id), 0) from request_event where request_id = $1";
    private static final String EXISTS = "select 1 from voice_request where id = $1";

    private final Pool database;
    private final Transactions transactions;
    private final Requests requests;
    private final Views views;
    private final RequestSignals signals;
    private final ObjectMapper json;
    private final Duration heartbeat;
    private final int batch;
    private final AtomicInteger open = new AtomicInteger();

    ProgressStreams(
            Pool database,
            Transactions transactions,
            Requests requests,
            Views views,
            RequestSignals signals,
            ObjectMapper json,
            GatewayConfig config,
            MeterRegistry registry) {
        this.database = database;
        this.transactions = transactions;
        this.requests = requests;
        this.views = views;
        this.signals = signals;
        this.json = json;
        this.heartbeat = config.events().heartbeat();
        this.batch = config.events().batch();
        registry.gauge("v2f.sse.streams", open);
    }

    /**
     * Follows a request until it stands at its end.
     *
     * @param lastEventId id of the last event that the client has; what came after it is sent first. Without it, and
     *     where nothing came after it, the first event is the current state.
     * @return completes with the event that the request ends with; empty at once where the client has that already
     */
    public Multi<StreamEvent> follow(RequestRow request, OptionalLong lastEventId) {
        return Multi.createFrom().deferred(() -> {
            Stream stream = new Stream(request.id, signals.watch(request.id));
            open.incrementAndGet();
            return stream.begin(lastEventId).onTermination().invoke(() -> {
                stream.watch.close();
                open.decrementAndGet();
            });
        });
    }

    /** True where the request stands at its end and the client has everything of it. */
    public Uni<Boolean> isOver(RequestRow request, OptionalLong lastEventId) {
        if (lastEventId.isEmpty() || !request.state.isFinal()) {
            return Uni.createFrom().item(false);
        }
        return database.preparedQuery(NEWEST)
                .execute(Tuple.of(request.id))
                .map(rows -> rows.iterator().next().getLong(0) == lastEventId.getAsLong());
    }

    private final class Stream {
        private final UUID requestId;
        private final RequestSignals.Watch watch;
        private long position;
        private boolean over;

        private Stream(UUID requestId, RequestSignals.Watch watch) {
            this.requestId = requestId;
            this.watch = watch;
        }

        Multi<StreamEvent> begin(OptionalLong lastEventId) {
            Uni<List<StreamEvent>> first = snapshot().chain(now -> {
                if (now.isEmpty()) {
                    over = true;
                    return Uni.createFrom().item(List.of());
                }
                StreamEvent state = now.get();
                long newest = state.id().orElse(0);
                if (lastEventId.isEmpty() || lastEventId.getAsLong() > newest) {
                    return Uni.createFrom().item(taken(List.of(state)));
                }
                if (lastEventId.getAsLong() == newest) {
                    // the client has it all: it is told nothing twice once the request stands at its end
                    position = newest;
                    over = state.ends();
                    return Uni.createFrom().item(over ? List.of() : List.of(state));
                }
                position = lastEventId.getAsLong();
                return read();
            });
            Multi<StreamEvent> beginning = first.onItem().disjoint();
            Multi<StreamEvent> rest = Multi.createFrom()
                    .deferred(() -> over
                            ? Multi.createFrom().empty()
                            : Multi.createBy()
                                    .repeating()
                                    .uni(this::next)
                                    .whilst(events -> !over)
                                    .onItem()
                                    .disjoint());
            return Multi.createBy().concatenating().streams(beginning, rest);
        }

        /** What is new, else a heartbeat. */
        private Uni<List<StreamEvent>> next() {
            return read().chain(events -> !events.isEmpty() || over
                    ? Uni.createFrom().item(events)
                    : watch.news(heartbeat)
                            .chain(news -> news ? next() : Uni.createFrom().item(List.of(StreamEvent.heartbeat()))));
        }

        private Uni<List<StreamEvent>> read() {
            return database.preparedQuery(AFTER)
                    .execute(Tuple.of(requestId, position, batch))
                    .map(ProgressStreams::events)
                    .map(this::taken)
                    .chain(events -> events.isEmpty()
                            ? database.preparedQuery(EXISTS)
                                    .execute(Tuple.of(requestId))
                                    .invoke(found -> over = found.size() == 0)
                                    .replaceWith(events)
                            : Uni.createFrom().item(events));
        }

        private List<StreamEvent> taken(List<StreamEvent> events) {
            if (!events.isEmpty()) {
                StreamEvent last = events.get(events.size() - 1);
                position = last.id().orElse(position);
                over = last.ends();
            }
            return events;
        }

        /** The request as it is now, with the id of the newest event that this includes. */
        private Uni<Optional<StreamEvent>> snapshot() {
            // locked, so that no event comes between the state and its number
            return transactions.run(() -> requests.locked(requestId).chain(request -> {
                if (request.isEmpty()) {
                    return Uni.createFrom().item(Optional.<StreamEvent>empty());
                }
                return views.of(request.get()).chain(view -> newest().map(id -> {
                    try {
                        return Optional.of(new StreamEvent(
                                OptionalLong.of(id),
                                StreamEvent.STATE,
                                json.writeValueAsString(view),
                                view.state().isFinal()));
                    } catch (JsonProcessingException e) {
                        throw new IllegalStateException("a view must always serialise", e);
                    }
                }));
            }));
        }

        private Uni<Long> newest() {
            return Panache.getSession().chain(session -> session.createNativeQuery(
                            "select coalesce(max(id), 0) from request_event where request_id = ?1", Long.class)
                    .setParameter(1, requestId)
                    .getSingleResult());
        }
    }

    private static List<StreamEvent> events(RowSet<Row> rows) {
        List<StreamEvent> events = new ArrayList<>();
        rows.forEach(row -> events.add(new StreamEvent(
                OptionalLong.of(row.getLong("id")),
                row.getString("kind"),
                row.getString("data"),
                row.getBoolean("ends"))));
        return events;
    }
}
