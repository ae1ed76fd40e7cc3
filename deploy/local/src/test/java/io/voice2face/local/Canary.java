package io.voice2face.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A listener on this machine that nobody may call; remembers who did. */
final class Canary implements AutoCloseable {
    private final ServerSocket listener;
    private final List<String> callers = new CopyOnWriteArrayList<>();

    Canary() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        Thread thread = new Thread(this::listen, "canary");
        thread.setDaemon(true);
        thread.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** Those that called. */
    List<String> callers() {
        return List.copyOf(callers);
    }

    private void listen() {
        while (!listener.isClosed()) {
            try (Socket caller = listener.accept()) {
                callers.add(caller.getRemoteSocketAddress().toString());
            } catch (IOException closed) {
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
