package io.voice2face.gateway.service;

import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;

import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import io.voice2face.gateway.config.GatewayConfig;

/** The operator's maintenance switch, the same on all instances within two seconds. */
@ApplicationScoped
public class Maintenance {
    private static final Logger LOG = Logger.getLogger(Maintenance.class);
    private static final String NAME = "maintenance";
    private static final String READ = "select enabled from operator_switch where name = $1";
    private static final String WRITE =
            """
            insert into operator_switch (name, enabled, changed_at) values ($1, $2, now())
            on conflict (name) do update set enabled = excluded.enabled, changed_at = excluded.changed_at
            """;

    private final Pool database;
    private final boolean atStart;
    private volatile boolean enabled;

    Maintenance(Pool database, GatewayConfig config) {
        this.database = database;
        this.atStart = config.admin().maintenance();
        this.enabled = atStart;
    }

    /** True while clients are to come back later. */
    public boolean isOn() {
        return enabled;
    }

    /** Turns it on or off. */
    public Uni<Void> turn(boolean on) {
        return database.preparedQuery(WRITE)
                .execute(Tuple.of(NAME, on))
                .invoke(() -> enabled = on)
                .replaceWithVoid();
    }

    @Scheduled(every = "2s", delayed = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    Uni<Void> refresh() {
        return database.preparedQuery(READ)
                .execute(Tuple.of(NAME))
                .invoke(rows -> {
                    boolean known = false;
                    for (Row row : rows) {
                        enabled = row.getBoolean(0);
                        known = true;
                    }
                    if (!known) {
                        enabled = atStart;
                    }
                })
                .replaceWithVoid()
                .onFailure()
                .invoke(failure -> LOG.debugf("switch not read: %s", failure.getMessage()))
                .onFailure()
                .recoverWithNull();
    }
}
