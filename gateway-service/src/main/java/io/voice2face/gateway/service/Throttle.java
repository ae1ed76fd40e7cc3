package io.voice2face.gateway.service;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import io.voice2face.gateway.api.ApiProblem;

/**
 * Counts tries for a subject (an e-mail, an address) over all instances and refuses more after too many. A try is counted
 * before the work that it asks for, in one statement: tries at the same time cannot all pass the same gap. Subjects are
 * kept as hashes only.
 */
@ApplicationScoped
public class Throttle {
    /** Gives a row unless the subject has to wait. */
    private static final String TAKE =
            """
            insert into login_throttle (subject, failures, first_failure, locked_until)
            values ($1, 1, now(), case when $2 <= 1 then now() + ($3 * interval '1 second') end)
            on conflict (subject) do update set
                failures = case when login_throttle.first_failure < now() - ($3 * interval '1 second')
                                then 1 else login_throttle.failures + 1 end,
                first_failure = case when login_throttle.first_failure < now() - ($3 * interval '1 second')
                                then now() else login_throttle.first_failure end,
                locked_until = case when login_throttle.first_failure >= now() - ($3 * interval '1 second')
                                     and login_throttle.failures + 1 >= $2
                                then now() + ($3 * interval '1 second') end
            where login_throttle.locked_until is null or login_throttle.locked_until <= now()
            returning 1
            """;

    private static final String WAIT =
            "select extract(epoch from locked_until - now()) from login_throttle where subject = $1";
    private static final String GIVE_BACK =
            """
            update login_throttle set failures = greatest(failures - 1, 0),
                locked_until = case when failures - 1 >= $2 then locked_until end
            where subject = $1
            """;

    private final Pool database;

    Throttle(Pool database) {
        this.database = database;
    }

    /**
     * What a subject may do.
     *
     * @param most tries within the window; the next ones have to wait for as long as the window
     */
    public record Allowance(String subject, int most, Duration window) {}

    /** Counts a try; fails with 429 where one of the subjects has to wait. */
    public Uni<Void> take(Allowance... allowances) {
        Uni<Void> taken = Uni.createFrom().voidItem();
        for (Allowance allowance : allowances) {
            taken = taken.chain(() -> take(allowance));
        }
        return taken;
    }

    private Uni<Void> take(Allowance allowance) {
        String subject = hash(allowance.subject());
        return database.preparedQuery(TAKE)
                .execute(Tuple.of(
                        subject, allowance.most(), (double) allowance.window().toSeconds()))
                .chain(rows -> rows.size() > 0 ? Uni.createFrom().voidItem() : refuse(subject));
    }

    private Uni<Void> refuse(String subject) {
        return database.preparedQuery(WAIT)
                .execute(Tuple.of(subject))
                .map(Throttle::seconds)
                .chain(seconds -> Uni.createFrom()
                        .failure(ApiProblem.of(429, "too_many_attempts", "Too many attempts; please wait.")
                                .retryAfter(Duration.ofSeconds(Math.max(1, Math.round(seconds))))));
    }

    /** Takes tries back that were none: they were right. */
    public Uni<Void> giveBack(Allowance... allowances) {
        Uni<Void> given = Uni.createFrom().voidItem();
        for (Allowance allowance : allowances) {
            given = given.chain(() -> database.preparedQuery(GIVE_BACK)
                    .execute(Tuple.of(hash(allowance.subject()), allowance.most()))
                    .replaceWithVoid());
        }
        return given;
    }

    private static double seconds(RowSet<Row> rows) {
        Double seconds = rows.size() == 0 ? null : rows.iterator().next().getDouble(0);
        return seconds == null ? 0 : seconds;
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
