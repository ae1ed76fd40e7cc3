package io.voice2face.gateway.admin;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import io.voice2face.gateway.api.ApiProblem;

/** What happened to a request: names, states and times, nothing of the person's media. */
@ApplicationScoped
public class RequestHistory {
    private static final String STATES =
            """
            select id, kind, case when kind = 'state' then data::json ->> 'state' else data::json ->> 'stage' end as what,
                   created_at
            from request_event where request_id = $1 order by id limit 5000
            """;
    private static final String EVENTS =
            """
            select event_id, topic, outcome, processed_at from processed_event
            where request_id = $1 order by processed_at limit 1000
            """;
    private static final String WAITING =
            "select id, topic, created_at from outbox where record_key = $1 order by id limit 100";
    private static final String RESULTS =
            "select id, attempt, state, created_at, completed_at from voice_result where request_id = $1 order by attempt";

    private final Pool database;

    RequestHistory(Pool database) {
        this.database = database;
    }

    /** Everything that is known of a request's way. */
    @Schema(name = "RequestHistory")
    public record History(
            UUID requestId,
            List<Attempt> results,
            @Schema(description = "as clients were told") List<Told> told,
            @Schema(description = "events of the mesh, and what they did") List<Taken> taken,
            @Schema(description = "events that wait for the broker") List<Waiting> waiting) {}

    /** One result. */
    @Schema(name = "ResultHistory")
    public record Attempt(UUID id, int attempt, String state, Instant createdAt, java.util.Optional<Instant> endedAt) {}

    /** One server-sent event. */
    @Schema(name = "ToldEvent")
    public record Told(long id, String kind, String what, Instant at) {}

    /** One event of the mesh. */
    @Schema(name = "TakenEvent")
    public record Taken(UUID eventId, String topic, String outcome, Instant at) {}

    /** One row of the outbox. */
    @Schema(name = "WaitingEvent")
    public record Waiting(long id, String topic, Instant since) {}

    /** History of a request; 404 for one that is not, or no more. */
    public Uni<History> of(UUID requestId) {
        Tuple id = Tuple.of(requestId);
        return database.preparedQuery(RESULTS).execute(id).chain(results -> {
            if (results.size() == 0) {
                throw ApiProblem.notFound();
            }
            List<Attempt> attempts = new ArrayList<>();
            results.forEach(row -> attempts.add(new Attempt(
                    row.getUUID("id"),
                    row.getInteger("attempt"),
                    row.getString("state"),
                    row.getOffsetDateTime("created_at").toInstant(),
                    java.util.Optional.ofNullable(row.getOffsetDateTime("completed_at"))
                            .map(OffsetDateTime::toInstant))));
            return database.preparedQuery(STATES).execute(id).chain(states -> {
                List<Told> told = new ArrayList<>();
                states.forEach(row -> told.add(new Told(
                        row.getLong("id"),
                        row.getString("kind"),
                        row.getString("what"),
                        row.getOffsetDateTime("created_at").toInstant())));
                return database.preparedQuery(EVENTS).execute(id).chain(events -> {
                    List<Taken> taken = new ArrayList<>();
                    events.forEach(row -> taken.add(new Taken(
                            row.getUUID("event_id"),
                            row.getString("topic"),
                            row.getString("outcome"),
                            row.getOffsetDateTime("processed_at").toInstant())));
                    return database.preparedQuery(WAITING)
                            .execute(Tuple.of(requestId.toString()))
                            .map(rows -> {
                                List<Waiting> waiting = new ArrayList<>();
                                rows.forEach(row -> waiting.add(new Waiting(
                                        row.getLong("id"),
                                        row.getString("topic"),
                                        row.getOffsetDateTime("created_at").toInstant())));
                                return new History(requestId, attempts, told, taken, waiting);
                            });
                });
            });
        });
    }
}
