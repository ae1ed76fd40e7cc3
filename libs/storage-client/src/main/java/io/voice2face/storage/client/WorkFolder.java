package io.voice2face.storage.client;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a service keeps the files of its running jobs. Voices are personal data: the folder is its user's alone, and what a
 * killed process left is deleted at the next start. Several instances may share one.
 */
public final class WorkFolder {
    /** Older than the files of any job: another instance may be at work in the same folder. */
    private static final Duration ABANDONED = Duration.ofHours(2);

    private final Path root;

    private WorkFolder(Path root) {
        this.root = root;
    }

    /**
     * Makes the folder where it does not exist, closes it to other users and deletes abandoned files.
     *
     * @param root may exist; must be this user's
     * @throws IOException if it cannot be made, or is somebody else's
     */
    public static WorkFolder open(Path root) throws IOException {
        Files.createDirectories(root);
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
        }
        WorkFolder folder = new WorkFolder(root);
        folder.sweep(Instant.now().minus(ABANDONED));
        return folder;
    }

    /** The folder itself. */
    public Path root() {
        return root;
    }

    /**
     * A new folder for one job.
     *
     * @param job names the job, for people who look
     */
    public Path create(String job) throws IOException {
        return Files.createTempDirectory(root, job + "-");
    }

    /** Deletes the folder of a job with everything in it. */
    public void discard(Path folder) throws IOException {
        for (Path path : deepestFirst(folder)) {
            Files.deleteIfExists(path);
        }
    }

    private void sweep(Instant oldest) throws IOException {
        for (Path path : deepestFirst(root)) {
            if (!path.equals(root) && modified(path).isBefore(oldest) && isFileOrEmpty(path)) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** When a path was written, and "now" for one that another instance has just deleted. */
    private static Instant modified(Path path) throws IOException {
        try {
            return Files.getLastModifiedTime(path).toInstant();
        } catch (NoSuchFileException e) {
            return Instant.now();
        }
    }

    private static boolean isFileOrEmpty(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return true;
        }
        try (Stream<Path> children = Files.list(path)) {
            return children.findAny().isEmpty();
        }
    }

    private static List<Path> deepestFirst(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.sorted(Comparator.reverseOrder()).toList();
        }
    }
}
