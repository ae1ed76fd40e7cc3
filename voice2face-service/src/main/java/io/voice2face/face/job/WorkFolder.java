package io.voice2face.face.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.jboss.logging.Logger;

import io.quarkus.runtime.Startup;
import io.voice2face.face.config.FaceServiceSettings;

/** Folders for the files of running jobs. Voices are personal data: what a killed process left is swept at the next start. */
@Startup
@ApplicationScoped
public class WorkFolder {
    private static final Logger LOG = Logger.getLogger(WorkFolder.class);
    /** Older than any job: another instance may work in the same folder. */
    private static final Duration ABANDONED = Duration.ofMinutes(30);

    private final Path root;

    @Inject
    WorkFolder(FaceServiceSettings settings) throws IOException {
        this(settings.workFolder());
    }

    WorkFolder(Path root) throws IOException {
        this.root = Files.createDirectories(root);
        sweep();
    }

    /** A new folder for one job. */
    Path create(UUID resultId) throws IOException {
        return Files.createTempDirectory(root, resultId + "-");
    }

    /** Deletes the folder of a job with everything in it. */
    void discard(Path folder) throws IOException {
        for (Path file : children(folder)) {
            Files.deleteIfExists(file);
        }
        Files.deleteIfExists(folder);
    }

    private void sweep() throws IOException {
        Instant oldest = Instant.now().minus(ABANDONED);
        for (Path folder : children(root)) {
            if (Files.isDirectory(folder)
                    && Files.getLastModifiedTime(folder).toInstant().isBefore(oldest)) {
                LOG.infof("deleting %s, which a killed process left", folder);
                discard(folder);
            }
        }
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
