package io.voice2face.gateway.service;

import java.util.function.Supplier;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;

/**
 * Runs work in a database transaction on a Vert.x context of its own, so that it can be called from an HTTP request, from
 * a record's handler after a retry on another thread and from a timer alike: a Hibernate Reactive session belongs to the
 * context it was opened on and must not be met by other work there.
 */
@ApplicationScoped
public class Transactions {
    private final Vertx vertx;

    Transactions(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Commits when the work's Uni completes, rolls back when it fails. */
    public <T> Uni<T> run(Supplier<Uni<T>> work) {
        return onOwnContext(() -> Panache.withTransaction(work));
    }

    /** Reads in one session. */
    public <T> Uni<T> read(Supplier<Uni<T>> work) {
        return onOwnContext(() -> Panache.withSession(work));
    }

    private <T> Uni<T> onOwnContext(Supplier<Uni<T>> work) {
        return Uni.createFrom().deferred(() -> {
            Context caller = Vertx.currentContext();
            Context base = caller == null ? vertx.getOrCreateContext() : VertxContext.getRootContext(caller);
            Context own = VertxContext.createNewDuplicatedContext(base);
            VertxContextSafetyToggle.setContextSafe(own, true);
            Uni<T> done = Uni.createFrom()
                    .emitter(emitter -> own.runOnContext(ignored -> {
                        try {
                            work.get().subscribe().with(emitter::complete, emitter::fail);
                        } catch (RuntimeException e) {
                            emitter.fail(e);
                        }
                    }));
            return caller == null ? done : done.emitOn(task -> caller.runOnContext(ignored -> task.run()));
        });
    }
}
