package io.voice2face.face.job;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class WorkFolderTest {
    @TempDir
    Path root;

    @Test
    void sweepsWhatAKilledProcessLeftAndLeavesWhatMayBeInWork() throws Exception {
        Path left = Files.createDirectory(root.resolve("left"));
        Files.writeString(left.resolve("voice"), "somebody's voice");
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        Path running = Files.createDirectory(root.resolve("running"));

        new WorkFolder(root);

        assertThat(left).doesNotExist();
        assertThat(running).exists();
    }

    @Test
    void aJobsFolderGoesWithItsFiles() throws Exception {
        WorkFolder work = new WorkFolder(root);
        Path folder = work.create(UUID.randomUUID());
        Files.writeString(folder.resolve("voice"), "somebody's voice");

        work.discard(folder);

        assertThat(root).isEmptyDirectory();
    }
}
