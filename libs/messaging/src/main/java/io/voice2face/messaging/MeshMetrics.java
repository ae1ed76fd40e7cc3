package io.voice2face.messaging;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;

/** Names of the metrics that all services share, and the only place that writes them. */
@ApplicationScoped
public class MeshMetrics {
    /** Timer: time a stage took. Tags {@link #SERVICE}, {@link #STAGE}, {@link #OUTCOME}. Prometheus: {@code v2f_stage_seconds}. */
    public static final String STAGE_SECONDS = "v2f.stage";
    /** Counter: jobs that ended. Tags {@link #SERVICE}, {@link #OUTCOME}. */
    public static final String JOBS = "v2f.jobs";
    /** Timer: age of an event when work on it starts. Tags {@link #SERVICE}, {@link #TOPIC}. Prometheus: {@code v2f_queue_age_seconds}. */
    public static final String QUEUE_AGE_SECONDS = "v2f.queue.age";
    /** Gauge, always 1: execution provider that really runs a model pack. Tags {@link #PACK}, {@link #PROVIDER}. */
    public static final String INFERENCE_PROVIDER = "v2f.inference.provider";
    /** Counter: events by what became of them. Tags {@link #SERVICE}, {@link #TOPIC}, {@link #OUTCOME}. */
    public static final String EVENTS = "v2f.events";

    public static final String SERVICE = "service";
    public static final String STAGE = "stage";
    public static final String OUTCOME = "outcome";
    public static final String TOPIC = "topic";
    public static final String PACK = "pack";
    public static final String PROVIDER = "provider";

    /** {@link #OUTCOME} of an event. */
    public enum EventOutcome {
        PROCESSED("processed"),
        RETRIED("retried"),
        DEAD_LETTERED("dead_lettered"),
        IGNORED("ignored");

        private final String tag;

        EventOutcome(String tag) {
            this.tag = tag;
        }
    }

    private final MeterRegistry registry;
    private final String service;

    MeshMetrics(MeterRegistry registry, @ConfigProperty(name = "quarkus.application.name") String service) {
        this.registry = registry;
        this.service = service;
    }

    /** Counts an event. */
    public void event(String topicName, EventOutcome outcome) {
        registry.counter(EVENTS, SERVICE, service, TOPIC, topicName, OUTCOME, outcome.tag)
                .increment();
    }

    /** Records the age of an event at the start of work on it. */
    public void queueAge(String topicName, Duration age) {
        Timer.builder(QUEUE_AGE_SECONDS)
                .tags(SERVICE, service, TOPIC, topicName)
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(5))
                .maximumExpectedValue(Duration.ofMinutes(10))
                .register(registry)
                .record(age.isNegative() ? Duration.ZERO : age);
    }

    /**
     * Records the time that a stage took.
     *
     * @param stage name of the stage, for example {@code decode}
     * @param outcome {@code succeeded}, {@code rejected}, {@code failed} or {@code cancelled}
     */
    public void stage(String stage, String outcome, Duration time) {
        Timer.builder(STAGE_SECONDS)
                .tags(SERVICE, service, STAGE, stage, OUTCOME, outcome)
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(5))
                .maximumExpectedValue(Duration.ofMinutes(5))
                .register(registry)
                .record(time);
    }

    /**
     * Counts a job that ended.
     *
     * @param outcome {@code succeeded}, {@code partial}, {@code rejected}, {@code failed} or {@code cancelled}
     */
    public void job(String outcome) {
        registry.counter(JOBS, SERVICE, service, OUTCOME, outcome).increment();
    }

    /** Says which execution provider really runs a pack. */
    public void inferenceProvider(String pack, String provider) {
        AtomicInteger one = new AtomicInteger(1);
        Gauge.builder(INFERENCE_PROVIDER, () -> one)
                .tags(Tags.of(SERVICE, service, PACK, pack, PROVIDER, provider))
                .register(registry);
    }
}
