package io.voice2face.messaging;

import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

import org.apache.kafka.common.errors.RetriableException;

import io.voice2face.contracts.Outage;

/** Decides whether a failed attempt is repeated, and when. */
final class RetryPolicy {
    /** Closed connections of the Vert.x clients; by name, since a service need not have them. */
    private static final Set<String> DRIVER_OUTAGES =
            Set.of("io.vertx.sqlclient.ClosedConnectionException", "io.vertx.core.http.HttpClosedException");

    private static final String POSTGRES_FAILURE = "io.vertx.pgclient.PgException";
    /** SQLSTATE classes 08 (connection) and 57P (operator intervention), which a restarting server answers. */
    private static final Pattern POSTGRES_OUTAGE = Pattern.compile("\\((?:08...|57P..)\\)");
    /** What the pool fails with when no connection comes free in time. */
    private static final String PLAIN_VERTX_FAILURE = "io.vertx.core.impl.NoStackTraceThrowable";

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
            if (isOutageItself(cause)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOutageItself(Throwable cause) {
        return cause instanceof Outage outage && outage.isOutage()
                || cause instanceof RetriableException
                || cause instanceof SocketException
                || cause instanceof UnknownHostException
                || cause instanceof ClosedChannelException
                || DRIVER_OUTAGES.contains(cause.getClass().getName())
                || cause.getClass().getName().equals(POSTGRES_FAILURE)
                        && POSTGRES_OUTAGE.matcher(message(cause)).find()
                || cause.getClass().getName().equals(PLAIN_VERTX_FAILURE)
                        && message(cause).startsWith("Timeout");
    }

    private static String message(Throwable failure) {
        return String.valueOf(failure.getMessage());
    }
}
