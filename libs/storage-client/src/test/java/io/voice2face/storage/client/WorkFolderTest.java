package io.voice2face.storage.client;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class WorkFolderTest {
    @TempDir
    Path root;

    @Test
    void sweepsWhatAKilledProcessLeftAndLeavesWhatMayBeInWork() throws Exception {
        Path left = Files.createDirectory(root.resolve("left"));
        Path voice = old(Files.writeString(left.resolve("voice"), "somebody's voice"));
        Path upload = old(Files.writeString(root.resolve("upload"), "somebody's voice"));
        Path running = Files.createDirectory(root.resolve("running"));
        Path written = Files.writeString(running.resolve("written"), "just now");

        WorkFolder.open(root);

        assertThat(voice).doesNotExist();
        assertThat(upload).doesNotExist();
        assertThat(written).exists();
    }

    @Test
    void isClosedToOtherUsers() throws Exception {
        WorkFolder work = WorkFolder.open(root.resolve("new"));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(work.root())))
                .isEqualTo("rwx------");
    }

    @Test
    void aJobsFolderGoesWithItsFiles() throws Exception {
        WorkFolder work = WorkFolder.open(root);
        Path folder = work.create("job");
        Files.writeString(folder.resolve("voice"), "somebody's voice");

        work.discard(folder);

        assertThat(root).isEmptyDirectory();
    }

    private static Path old(Path path) throws Exception {
        return Files.setLastModifiedTime(path, FileTime.from(Instant.now().minus(Duration.ofHours(3))));
    }
}
