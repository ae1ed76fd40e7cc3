package io.voice2face.messaging;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Decides whether a failed attempt is repeated, and when. */
final class RetryPolicy {
    private final MessagingSettings.Retry settings;

    RetryPolicy(MessagingSettings.Retry settings) {
        this.settings = settings;
    }

    /**
     * @param attempt number of the attempt that failed, from 1
     * @param working time since the first attempt began
     * @return wait before the next attempt; empty if there is none
     */
    Optional<Duration> waitBeforeRetry(Throwable failure, int attempt, Duration working) {
        if (permanent(failure).isPresent()) {
            return Optional.empty();
        }
        boolean again = Outages.isOutage(failure)
                ? working.compareTo(settings.outagePatience()) < 0
                : attempt < settings.maxAttempts();
        return again ? Optional.of(delay(attempt)) : Optional.empty();
    }

    /** Exponential back-off with jitter. */
    Duration delay(int attempt) {
        double plain = Math.min(
                settings.initialDelay().toMillis() * Math.pow(2, Math.min(attempt - 1, 30)),
                settings.maxDelay().toMillis());
        double jitter = 1 + settings.jitter() * (2 * ThreadLocalRandom.current().nextDouble() - 1);
        return Duration.ofMillis(Math.round(plain * jitter));
    }

    static Optional<PermanentFailureException> permanent(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PermanentFailureException permanent) {
                return Optional.of(permanent);
            }
        }
        return Optional.empty();
    }
}
