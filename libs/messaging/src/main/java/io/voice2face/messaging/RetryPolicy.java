package io.voice2face.messaging;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

import org.apache.kafka.common.errors.RetriableException;

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
        boolean again =
                isOutage(failure) ? working.compareTo(settings.outagePatience()) < 0 : attempt < settings.maxAttempts();
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

    /** True if something that the handler needs cannot be reached; says nothing about the event. */
    static boolean isOutage(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof OutageException
                    || cause instanceof RetriableException
                    || cause instanceof java.net.SocketException
                    || cause instanceof java.net.UnknownHostException
                    || (cause instanceof IOException && isConnection(cause.getMessage()))
                    || cause.getClass().getName().equals("io.vertx.core.impl.NoStackTraceThrowable")
                            && isConnection(cause.getMessage())
                    || cause.getClass().getName().startsWith("io.vertx.pgclient") && isPostgresOutage(cause)
                    || cause.getClass().getName().equals("io.vertx.core.http.HttpClosedException")) {
                return true;
            }
        }
        return false;
    }

    private static boolean isConnection(String message) {
        return message != null
                && (message.contains("onnection") || message.contains("Broken pipe") || message.contains("closed"));
    }

    /** SQLSTATE classes 08 (connection) and 57 (operator intervention), which a restarting server answers. */
    private static boolean isPostgresOutage(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return message.contains("57P0") || message.contains("(08") || isConnection(message);
    }
}
