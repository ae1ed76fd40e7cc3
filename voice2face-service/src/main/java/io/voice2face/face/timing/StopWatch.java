package io.voice2face.face.timing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import io.voice2face.contracts.event.StageTiming;

/** Times the steps of one piece of work, for its event and for the metrics. Not thread-safe. */
public final class StopWatch {
    private final StageRecorder recorder;
    private final List<StageTiming> timings = new ArrayList<>();

    /** @param recorder told of every step as well */
    public StopWatch(StageRecorder recorder) {
        this.recorder = recorder;
    }

    /** Runs a step and notes how long it took; a step that throws counts as failed. */
    public <T> T time(String step, Callable<T> work) throws Exception {
        long begun = System.nanoTime();
        boolean succeeded = false;
        try {
            T result = work.call();
            succeeded = true;
            return result;
        } finally {
            note(step, begun, succeeded ? "succeeded" : "failed");
        }
    }

    /** Notes a step that began at this {@link System#nanoTime()}. */
    public void note(String step, long begun, String outcome) {
        Duration taken = Duration.ofNanos(System.nanoTime() - begun);
        recorder.record(step, outcome, taken);
        timings.add(new StageTiming(step, taken.toNanos() / 1e9));
    }

    /** What was timed so far, in order. */
    public List<StageTiming> timings() {
        return List.copyOf(timings);
    }
}
