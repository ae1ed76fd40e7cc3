package io.voice2face.messaging;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class WorkerPoolTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final WorkerPool pool = new WorkerPool("test", 1, 1, Duration.ofSeconds(1));

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void theResultAndTheFailureOfWorkArrive() {
        assertThat(pool.run(() -> "done").await().atMost(PATIENCE)).isEqualTo("done");
        assertThatThrownBy(() -> pool.run(() -> {
                            throw new IOException("no such file");
                        })
                        .await()
                        .atMost(PATIENCE))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void whatFollowsTheWorkIsNotInterrupted() {
        boolean interrupted = pool.run(() -> "done")
                .map(done -> Thread.currentThread().isInterrupted())
                .await()
                .atMost(PATIENCE);
        assertThat(interrupted).isFalse();
        assertThat(pool.run(() -> Thread.currentThread().isInterrupted())
                        .await()
                        .atMost(PATIENCE))
                .isFalse();
    }

    @Test
    void moreWorkThanMayWaitIsRefused() {
        CompletableFuture<String> held = new CompletableFuture<>();
        CompletableFuture<String> first = pool.run(held::join).subscribeAsCompletionStage();
        await().atMost(PATIENCE).until(() -> pool.active() == 1);
        CompletableFuture<String> second = pool.run(() -> "second").subscribeAsCompletionStage();

        assertThatThrownBy(() -> pool.run(() -> "third").await().atMost(PATIENCE))
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(pool.waiting()).isEqualTo(1);

        held.complete("first");
        assertThat(first.join()).isEqualTo("first");
        assertThat(second.join()).isEqualTo("second");
    }

    @Test
    void cancellingInterruptsTheWork() {
        CountDownLatch never = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        var running = pool.run(() -> {
                    try {
                        never.await();
                        return "never";
                    } catch (InterruptedException e) {
                        interrupted.set(true);
                        throw e;
                    }
                })
                .subscribe()
                .with(done -> {}, failure -> {});
        await().atMost(PATIENCE).until(() -> pool.active() == 1);

        running.cancel();

        await().atMost(PATIENCE).untilTrue(interrupted);
        await().atMost(PATIENCE).until(() -> pool.active() == 0);
    }
}
