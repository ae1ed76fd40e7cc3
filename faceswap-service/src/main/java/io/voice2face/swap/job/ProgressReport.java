package io.voice2face.swap.job;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;

import io.voice2face.contracts.event.FaceGenerated;
import io.voice2face.contracts.event.JobProgressed;
import io.voice2face.contracts.event.Stage;
import io.voice2face.messaging.EventPublisher;
import io.voice2face.swap.pipeline.ProgressListener;

/** Tells the mesh how far a swap is, a few times a second at most. */
final class ProgressReport implements ProgressListener {
    private static final long LEAST_GAP_NANOS = 200_000_000;

    private final EventPublisher publisher;
    private final FaceGenerated face;
    private final AtomicLong last = new AtomicLong();

    ProgressReport(EventPublisher publisher, FaceGenerated face) {
        this.publisher = publisher;
        this.face = face;
    }

    void begin() {
        last.set(System.nanoTime());
        announce(0, 0, OptionalDouble.empty());
    }

    @Override
    public void progressed(long done, long total, OptionalDouble remainingSeconds) {
        long now = System.nanoTime();
        long before = last.get();
        boolean complete = done == total;
        if ((complete || now - before >= LEAST_GAP_NANOS) && last.compareAndSet(before, now)) {
            announce(done, total, remainingSeconds);
        }
    }

    private void announce(long done, long total, OptionalDouble remainingSeconds) {
        publisher.announce(new JobProgressed(
                face.requestId(),
                face.resultId(),
                Optional.of(face.variant()),
                Stage.SWAPPING,
                done,
                total,
                remainingSeconds,
                Instant.now()));
    }
}
