package io.voice2face.messaging;

import java.time.Duration;
import java.util.Map;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of event consumption and publication, the same for every service. */
@ConfigMapping(prefix = "v2f.messaging")
public interface MessagingSettings {

    Retry retry();

    /**
     * Events of a topic that one instance works on at the same time, by topic name; 1 for topics that are not named.
     * More than 1 gives up the order inside a partition.
     */
    Map<String, Integer> concurrency();

    /** Time after which a record that no broker takes is given back as a failure. */
    @WithDefault("30s")
    Duration deliveryTimeout();

    /** Progress events waiting for the broker at the same time; further ones are dropped. */
    @WithDefault("500")
    int maxPendingProgress();

    /** How failures of a handler are retried. */
    interface Retry {
        /** Calls of a handler in all, the first one included, before an event is dead-lettered. */
        @WithDefault("5")
        int maxAttempts();

        /** Wait before the first retry; doubles with each further one. */
        @WithDefault("200ms")
        Duration initialDelay();

        /** Longest wait between two attempts. */
        @WithDefault("10s")
        Duration maxDelay();

        /** Share by which a wait is varied at random, 0..1. */
        @WithDefault("0.3")
        double jitter();

        /**
         * How long failures to reach a database, a broker or another service are retried, whatever the number of
         * attempts: an outage is no fault of the event.
         */
        @WithDefault("15M")
        Duration outagePatience();
    }
}
