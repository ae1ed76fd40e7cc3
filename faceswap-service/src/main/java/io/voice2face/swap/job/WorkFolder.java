package io.voice2face.swap.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Files of one job; gone when it is closed. */
final class WorkFolder implements AutoCloseable {
    private final Path path;

    private WorkFolder(Path path) {
        this.path = path;
    }

    static WorkFolder create(Path parent) {
        try {
            Files.createDirectories(parent);
            return new WorkFolder(Files.createTempDirectory(parent, "job-"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a work folder in " + parent, e);
        }
    }

    Path path() {
        return path;
    }

    /** Deletes what processes that were killed have left behind. */
    static void clear(Path parent) {
        if (Files.isDirectory(parent)) {
            delete(parent);
        }
    }

    @Override
    public void close() {
        delete(path);
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + folder, e);
        }
    }
}
