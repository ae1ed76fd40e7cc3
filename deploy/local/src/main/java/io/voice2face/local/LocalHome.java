package io.voice2face.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * The folder that the local run keeps everything in: {@code data/} of the servers, {@code logs/}, {@code keys/} and
 * {@code secrets.properties} (readable for their owner only), {@code results/}, and what says which processes run.
 */
final class LocalHome implements AutoCloseable {
    private final Path folder;
    private final FileChannel lockChannel;

    private LocalHome(Path folder, FileChannel lockChannel) {
        this.folder = folder;
        this.lockChannel = lockChannel;
    }

    /** Takes the folder for this process; empty where another running launcher has it. */
    static Optional<LocalHome> take(Path folder) {
        try {
            Files.createDirectories(folder);
            restrict(folder);
            FileChannel channel =
                    FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException e) {
                lock = null;
            }
            if (lock == null) {
                channel.close();
                return Optional.empty();
            }
            LocalHome home = new LocalHome(folder.toRealPath(), channel);
            Files.createDirectories(home.logs());
            return Optional.of(home);
        } catch (IOException e) {
            throw new LocalRunException(
                    "The folder " + folder + " cannot be used (" + e.getMessage()
                            + "); name another one with -Dv2f.home=FOLDER.",
                    e);
        }
    }

    /** Address of the gateway of the launcher that has the folder; empty where none says so. */
    static Optional<String> runningGateway(Path folder) {
        try {
            return Optional.of(Files.readString(folder.resolve("gateway.url")).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static void restrict(Path path) throws IOException {
        if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(
                    path, PosixFilePermissions.fromString(Files.isDirectory(path) ? "rwx------" : "rw-------"));
        }
    }

    /** Writes a file that only its owner may read, never leaving half of it. */
    static void writePrivate(Path file, String content) throws IOException {
        Path fresh = Files.createTempFile(
                Files.createDirectories(file.getParent()), file.getFileName().toString(), "");
        restrict(fresh);
        Files.writeString(fresh, content);
        Files.move(fresh, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    /** Says where the gateway is, for a second launcher that finds the folder taken. */
    void announceGateway(String url) {
        try {
            writePrivate(folder.resolve("gateway.url"), url + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path folder() {
        return folder;
    }

    Path logs() {
        return folder.resolve("logs");
    }

    Path data(String server) {
        return folder.resolve("data").resolve(server);
    }

    Path keys() {
        return folder.resolve("keys");
    }

    Path work(String service) {
        return folder.resolve("work").resolve(service);
    }

    Path secrets() {
        return folder.resolve("secrets.properties");
    }

    Path processes() {
        return folder.resolve("processes");
    }

    Path results(String requestId) {
        return folder.resolve("results").resolve(requestId);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(folder.resolve("gateway.url"));
        lockChannel.close();
    }
}
