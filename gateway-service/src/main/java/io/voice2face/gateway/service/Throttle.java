package io.voice2face.gateway.service;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import io.voice2face.gateway.api.ApiProblem;

/**
 * Counts tries for a subject (an e-mail, an address) over all instances and refuses more after too many. Subjects are kept
 * as hashes only.
 */
@ApplicationScoped
public class Throttle {
    private static final String BLOCKED =
            """
            select extract(epoch from max(locked_until) - now()) from login_throttle
            where subject = any($1) and locked_until > now()
            """;
    private static final String COUNT =
            """
            insert into login_throttle (subject, failures, first_failure)
            select subject, 1, now() from unnest($1::text[]) as subject
            on conflict (subject) do update set
                failures = case when login_throttle.first_failure < now() - ($3 * interval '1 second')
                                then 1 else login_throttle.failures + 1 end,
                first_failure = case when login_throttle.first_failure < now() - ($3 * interval '1 second')
                                then now() else login_throttle.first_failure end,
                locked_until = case when login_throttle.first_failure >= now() - ($3 * interval '1 second')
                                     and login_throttle.failures + 1 >= $2
                                then now() + ($3 * interval '1 second') end
            """;
    private static final String FORGET = "delete from login_throttle where subject = any($1)";

    private final Pool database;

    Throttle(Pool database) {
        this.database = database;
    }

    /** Fails with 429 while one of the subjects has to wait. */
    public Uni<Void> requireOpen(List<String> subjects) {
        return database.preparedQuery(BLOCKED)
                .execute(Tuple.of(hashed(subjects)))
                .map(Throttle::seconds)
                .invoke(seconds -> {
                    if (seconds > 0) {
                        throw ApiProblem.of(429, "too_many_attempts", "Too many attempts; please wait.")
                                .retryAfter(Duration.ofSeconds(Math.max(1, Math.round(seconds))));
                    }
                })
                .replaceWithVoid();
    }

    /** Counts a try; after {@code most} within the window the subjects have to wait for as long. */
    public Uni<Void> count(List<String> subjects, int most, Duration window) {
        return database.preparedQuery(COUNT)
                .execute(Tuple.of(hashed(subjects), most, (double) window.toSeconds()))
                .replaceWithVoid();
    }

    /** Starts counting anew. */
    public Uni<Void> forget(List<String> subjects) {
        return database.preparedQuery(FORGET)
                .execute(Tuple.of(hashed(subjects)))
                .replaceWithVoid();
    }

    private static double seconds(RowSet<Row> rows) {
        Double seconds = rows.iterator().next().getDouble(0);
        return seconds == null ? 0 : seconds;
    }

    private static String[] hashed(List<String> subjects) {
        return subjects.stream().map(Throttle::hash).toArray(String[]::new);
    }

    private static String hash(String subject) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(subject.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
