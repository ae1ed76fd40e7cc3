package io.voice2face.messaging;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.jboss.logging.MDC;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;

/**
 * A bounded pool of threads for work that blocks or computes. The work sees the log context and the trace of the event
 * that asked for it; its outcome arrives on the Vert.x context from which it was asked for.
 */
public final class WorkerPool implements AutoCloseable {
    private final ThreadPoolExecutor executor;
    private final Duration closeTimeout;

    /**
     * @param name prefix of the threads' names
     * @param threads number of threads, at least 1
     * @param queue work that may wait; more is refused with a {@link RejectedExecutionException}
     * @param closeTimeout how long {@link #close} waits for running work before it interrupts it
     */
    public WorkerPool(String name, int threads, int queue, Duration closeTimeout) {
        AtomicInteger number = new AtomicInteger();
        this.executor = new ThreadPoolExecutor(
                threads, threads, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(queue), work -> {
                    Thread thread = new Thread(work, name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        this.executor.allowCoreThreadTimeOut(true);
        this.closeTimeout = closeTimeout;
    }

    /**
     * Runs work on a thread of the pool each time the Uni is subscribed to. Cancelling the Uni interrupts the work.
     *
     * @return the work's result, or its exception as failure; {@link RejectedExecutionException} if the queue is full
     */
    public <T> Uni<T> run(Callable<T> work) {
        return Uni.createFrom().deferred(() -> {
            Context trace = Context.current();
            Map<String, Object> logContext = MDC.getMap() == null ? Map.of() : Map.copyOf(MDC.getMap());
            io.vertx.core.Context caller = Vertx.currentContext();
            AtomicBoolean over = new AtomicBoolean();
            Uni<T> result = Uni.createFrom().emitter(emitter -> {
                var future = executor.submit(() -> {
                    Map<String, Object> before = MDC.getMap() == null ? Map.of() : Map.copyOf(MDC.getMap());
                    logContext.forEach(MDC::put);
                    try (Scope ignored = trace.makeCurrent()) {
                        T outcome = work.call();
                        over.set(true);
                        emitter.complete(outcome);
                    } catch (Throwable failure) {
                        over.set(true);
                        emitter.fail(failure);
                    } finally {
                        MDC.clear();
                        before.forEach(MDC::put);
                    }
                });
                emitter.onTermination(() -> {
                    // Termination is also the normal end, which runs on the worker itself: no interrupt then.
                    if (!over.get()) {
                        future.cancel(true);
                    }
                });
            });
            return caller == null ? result : result.emitOn(task -> caller.runOnContext(ignored -> task.run()));
        });
    }

    /** Threads at work now. */
    public int active() {
        return executor.getActiveCount();
    }

    /** Work that waits for a thread. */
    public int waiting() {
        return executor.getQueue().size();
    }

    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(closeTimeout.toMillis(), TimeUnit.MILLISECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
