package io.voice2face.swap.pipeline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.voice2face.contracts.event.StageTiming;

/** Sums the time that each stage was at work. Thread-safe. */
final class StageClock {
    private final Map<String, Long> nanos = new LinkedHashMap<>();

    synchronized void add(String stage, long spent) {
        nanos.merge(stage, spent, Long::sum);
    }

    synchronized List<StageTiming> timings() {
        List<StageTiming> timings = new ArrayList<>();
        nanos.forEach((stage, spent) -> timings.add(new StageTiming(stage, spent / 1e9)));
        return List.copyOf(timings);
    }
}
