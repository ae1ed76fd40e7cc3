package io.voice2face.gateway.service;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jboss.logging.Logger;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Vertx;
import io.vertx.mutiny.pgclient.PgConnection;
import io.vertx.mutiny.sqlclient.Pool;

/**
 * Tells the streams of this instance that a request has news, wherever in the mesh that news was written: PostgreSQL's
 * LISTEN/NOTIFY carries request ids between instances. A signal that is lost with a connection costs a heartbeat's time,
 * not an event: streams read the log again then.
 */
@ApplicationScoped
public class RequestSignals {
    private static final Logger LOG = Logger.getLogger(RequestSignals.class);
    private static final long RECONNECT_MILLIS = 1_000;

    private final Pool database;
    private final Vertx vertx;
    private final Map<UUID, Set<Watch>> watches = new ConcurrentHashMap<>();
    private volatile boolean stopping;

    RequestSignals(Pool database, Vertx vertx) {
        this.database = database;
        this.vertx = vertx;
    }

    void start(@Observes StartupEvent event) {
        listen();
    }

    void stop(@Observes ShutdownEvent event) {
        stopping = true;
    }

    /** Begins to watch a request; to be closed. */
    Watch watch(UUID requestId) {
        Watch watch = new Watch(requestId);
        watches.compute(requestId, (id, others) -> {
            Set<Watch> all = others == null ? ConcurrentHashMap.newKeySet() : others;
            all.add(watch);
            return all;
        });
        return watch;
    }

    private void listen() {
        if (stopping) {
            return;
        }
        database.getConnection()
                .chain(connection -> {
                    PgConnection listener = PgConnection.cast(connection);
                    listener.notificationHandler(notice -> signal(notice.getPayload()));
                    listener.closeHandler(this::listenLater);
                    return connection
                            .query("LISTEN " + RequestLog.CHANNEL)
                            .execute()
                            .onFailure()
                            .call(connection::close);
                })
                .subscribe()
                .with(
                        // what was written while nobody listened
                        listening -> watches.values().forEach(all -> all.forEach(Watch::signal)),
                        failure -> {
                            LOG.debugf("cannot listen for news: %s", failure.getMessage());
                            listenLater();
                        });
    }

    private void listenLater() {
        if (!stopping) {
            vertx.setTimer(RECONNECT_MILLIS, id -> listen());
        }
    }

    private void signal(String payload) {
        Set<Watch> interested = watches.get(UUID.fromString(payload));
        if (interested != null) {
            interested.forEach(Watch::signal);
        }
    }

    /** One stream's interest in a request. */
    final class Watch implements AutoCloseable {
        private final UUID requestId;
        private boolean signalled;
        private UniEmitter<? super Boolean> waiting;

        private Watch(UUID requestId) {
            this.requestId = requestId;
        }

        /** Completes with true on news since the last call, with false when the time is over. */
        Uni<Boolean> news(Duration atMost) {
            Uni<Boolean> signal = Uni.createFrom().emitter(emitter -> {
                synchronized (this) {
                    if (!signalled) {
                        waiting = emitter;
                        return;
                    }
                    signalled = false;
                }
                emitter.complete(true);
            });
            return signal.ifNoItem().after(atMost).recoverWithItem(false);
        }

        private void signal() {
            UniEmitter<? super Boolean> woken;
            synchronized (this) {
                woken = waiting;
                waiting = null;
                signalled = woken == null;
            }
            if (woken != null) {
                woken.complete(true);
            }
        }

        @Override
        public void close() {
            watches.computeIfPresent(requestId, (id, all) -> {
                all.remove(this);
                return all.isEmpty() ? null : all;
            });
        }
    }
}
