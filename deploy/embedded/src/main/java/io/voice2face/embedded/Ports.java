package io.voice2face.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Free TCP ports on the loopback interface. */
public final class Ports {
    /**
     * Ports are drawn from below the range that operating systems take outgoing connections' ports from, so that none of
     * those can take a port between the look and the bind.
     */
    private static final int FIRST = 15_000;

    private static final int LAST = 30_000;
    private static final int TRIES = 200;

    private Ports() {}

    /** A port that nobody listens on now. */
    public static int free() {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            if (isFree(port)) {
                return port;
            }
        }
        throw new EmbeddedServerException("no free TCP port was found between " + FIRST + " and " + LAST);
    }

    /** The wished port, or another free one where it is taken or 0. */
    public static int freeOr(int wished) {
        return wished != 0 && isFree(wished) ? wished : free();
    }

    /** True where a server could bind the port on the loopback interface and on all interfaces. */
    public static boolean isFree(int port) {
        return canBind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                && canBind(new InetSocketAddress(port));
    }

    private static boolean canBind(InetSocketAddress address) {
        try (ServerSocket socket = new ServerSocket()) {
            // a port whose last connections are still in TIME_WAIT counts as free: servers bind with the same option
            socket.setReuseAddress(true);
            socket.bind(address);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
