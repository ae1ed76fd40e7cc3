package io.voice2face.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Looks again and again at what processes hold open, as Linux tells it under {@code /proc}: TCP connections to where nothing
 * of the mesh is, and files open for writing outside of a folder.
 */
final class Witness implements AutoCloseable {
    private static final Path PROC = Paths.get("/proc");
    private static final Duration EVERY = Duration.ofMillis(50);
    private static final String LISTENING = "0A";
    private static final int WRITING = 3;

    private final Supplier<Collection<Long>> processes;
    private final Set<Integer> ports;
    private final Path folder;
    private final Set<String> seen = new ConcurrentSkipListSet<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    /**
     * Begins to look.
     *
     * @param processes ids of the processes as they are now
     * @param ports ports of the mesh on this machine: connections from and to them are its own
     * @param folder where files may be written
     */
    Witness(Supplier<Collection<Long>> processes, Set<Integer> ports, Path folder) {
        this.processes = processes;
        this.ports = Set.copyOf(ports);
        this.folder = folder;
        clock.scheduleWithFixedDelay(this::look, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** True where there is something to look at. */
    static boolean canSee() {
        return Files.isReadable(PROC.resolve("self/net/tcp"));
    }

    /** Connections and files that should not have been. */
    Set<String> seen() {
        return new TreeSet<>(seen);
    }

    private void look() {
        try {
            for (long process : processes.get()) {
                look(PROC.resolve(Long.toString(process)));
            }
        } catch (IOException | RuntimeException e) {
            seen.add("the witness could not look: " + e);
        }
    }

    private void look(Path process) throws IOException {
        Set<String> sockets = new HashSet<>();
        try (Stream<Path> open = Files.list(process.resolve("fd"))) {
            for (Path descriptor : (Iterable<Path>) open::iterator) {
                lookAt(process, descriptor, sockets);
            }
        }
        for (String family : List.of("tcp", "tcp6")) {
            Files.readAllLines(process.resolve("net").resolve(family)).stream()
                    .skip(1)
                    .map(line -> line.strip().split("\\s+"))
                    .filter(columns -> sockets.contains(columns[9]) && !columns[3].equals(LISTENING))
                    .filter(columns -> !isOwn(columns[1], columns[2]))
                    .forEach(columns -> seen.add("connection from " + columns[1] + " to " + columns[2]));
        }
    }

    private void lookAt(Path process, Path descriptor, Set<String> sockets) throws IOException {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            if (target.startsWith("socket:[")) {
                sockets.add(target.substring("socket:[".length(), target.length() - 1));
                return;
            }
            boolean special = !target.startsWith("/") || target.startsWith("/dev/") || target.startsWith("/proc/");
            if (special || Paths.get(target).startsWith(folder)) {
                return;
            }
            boolean written = Files.readAllLines(process.resolve("fdinfo").resolve(descriptor.getFileName())).stream()
                    .filter(line -> line.startsWith("flags:"))
                    .anyMatch(line ->
                            (Integer.parseInt(line.substring("flags:".length()).strip(), 8) & WRITING) != 0);
            // else it was closed meanwhile, and its number given to something else
            if (written && Files.readSymbolicLink(descriptor).toString().equals(target)) {
                seen.add("file " + target);
            }
        } catch (NoSuchFileException e) {
            // closed while it was looked at; its number may have been given to something else since, which the next
            // look sees
            return;
        } catch (IOException e) {
            if (Files.exists(descriptor, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
        }
    }

    /** Addresses are hexadecimal, {@code address:port}; what talks to this machine's port of the mesh is its own. */
    private boolean isOwn(String local, String remote) {
        return ports.contains(port(local)) || isThisMachine(remote) && ports.contains(port(remote));
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.indexOf(':') + 1), 16);
    }

    private static boolean isThisMachine(String address) {
        String host = address.substring(0, address.indexOf(':'));
        return host.equals("0100007F")
                || host.equals("0000000000000000FFFF00000100007F")
                || host.equals("00000000000000000000000001000000");
    }

    @Override
    public void close() throws InterruptedException {
        clock.shutdown();
        clock.awaitTermination(10, TimeUnit.SECONDS);
    }
}
