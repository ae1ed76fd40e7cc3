package io.voice2face.messaging;

import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.Set;
import java.util.regex.Pattern;

import org.apache.kafka.common.errors.RetriableException;

import io.voice2face.contracts.Outage;

/** Tells failures that say something about the work from those that say that a server was not there. */
public final class Outages {
    /** Closed connections of the Vert.x clients; by name, since a service need not have them. */
    private static final Set<String> DRIVER_OUTAGES =
            Set.of("io.vertx.sqlclient.ClosedConnectionException", "io.vertx.core.http.HttpClosedException");

    private static final String POSTGRES_FAILURE = "io.vertx.pgclient.PgException";
    /** SQLSTATE classes 08 (connection) and 57P (operator intervention), which a restarting server answers. */
    private static final Pattern POSTGRES_OUTAGE = Pattern.compile("\\((?:08...|57P..)\\)");
    /** What the pool fails with when no connection comes free in time. */
    private static final String PLAIN_VERTX_FAILURE = "io.vertx.core.impl.NoStackTraceThrowable";

    private Outages() {}

    /** True if a database, a broker or another service cannot be reached; looks at the causes as well. */
    public static boolean isOutage(Throwable failure) {
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
