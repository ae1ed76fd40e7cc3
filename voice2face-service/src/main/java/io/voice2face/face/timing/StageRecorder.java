package io.voice2face.face.timing;

import java.time.Duration;

/** Where the times of steps go beside the event. */
@FunctionalInterface
public interface StageRecorder {
    /**
     * Takes the time of one step.
     *
     * @param step name of the step, for example {@code decode}
     * @param outcome {@code succeeded} or {@code failed}
     */
    void record(String step, String outcome, Duration taken);
}
