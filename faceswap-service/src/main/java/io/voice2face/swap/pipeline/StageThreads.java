package io.voice2face.swap.pipeline;

import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads on which the stages of all clips under way run; those who encode bring their own. */
public final class StageThreads implements AutoCloseable {
    private static final int STAGES_BESIDE_ENCODING = 3;

    private final ThreadPoolExecutor executor;

    /**
     * @param clips clips that are swapped at the same time at most
     */
    public StageThreads(int clips) {
        int threads = clips * STAGES_BESIDE_ENCODING;
        executor = new ThreadPoolExecutor(threads, threads, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
            Thread thread = new Thread(work, "swap-stage");
            thread.setDaemon(true);
            return thread;
        });
        executor.allowCoreThreadTimeOut(true);
    }

    Future<?> submit(Runnable stage) {
        return executor.submit(stage);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
