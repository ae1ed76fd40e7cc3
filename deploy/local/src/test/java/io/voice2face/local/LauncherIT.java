package io.voice2face.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.voice2face.embedded.Folders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What {@code mvn -Pup} runs, as a process: what it leaves behind, and what it exits with. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class LauncherIT {
    private static final Path ROOT =
            Paths.get(System.getProperty("v2f.root", "../..")).toAbsolutePath().normalize();
    private static final Path FOLDER = Paths.get("target", "launcher-it").toAbsolutePath();
    private static final Path HOME = FOLDER.resolve("home");
    private static final Duration START = Duration.ofMinutes(6);
    private static final Duration STOP = Duration.ofSeconds(60);

    private final List<Process> launched = new ArrayList<>();
    private Path voice;

    @BeforeEach
    void prepare() throws IOException {
        Folders.delete(FOLDER);
        Files.createDirectories(FOLDER);
        voice = FOLDER.resolve("male.wav");
        try (InputStream sample = Launcher.class.getResourceAsStream("/samples/male.wav")) {
            Files.copy(sample, voice, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @AfterEach
    void leaveNothing() {
        launched.forEach(Process::destroyForcibly);
    }

    @Test
    void oneJobEndsWithItsFilesOrItsReasonAndAKilledLauncherLeavesNothing() throws Exception {
        Process up = launch("up");
        await().atMost(START)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> output("up").contains("the page is at") || !up.isAlive());
        assertThat(output("up")).contains("the page is at");

        // one job on the run that is up
        Path files = FOLDER.resolve("files");
        Process job = launch("job", "-Dv2f.voice=" + voice, "-Dv2f.age=40", "-Dv2f.gender=male", "-Dv2f.out=" + files);
        assertThat(job.waitFor(START.toSeconds(), TimeUnit.SECONDS))
                .as(output("job"))
                .isTrue();
        assertThat(job.exitValue()).as(output("job")).isZero();
        for (String name : List.of(
                "voice-face.png", "condition-face.png", "voice-clip.mp4", "condition-clip.mp4", "result.json")) {
            assertThat(files.resolve(name)).isNotEmptyFile();
        }

        // one that cannot come through says why
        Path letter = Files.writeString(FOLDER.resolve("letter.wav"), "no sound at all\n".repeat(100));
        Process bad = launch("bad", "-Dv2f.voice=" + letter, "-Dv2f.out=" + FOLDER.resolve("none"));
        assertThat(bad.waitFor(START.toSeconds(), TimeUnit.SECONDS))
                .as(output("bad"))
                .isTrue();
        assertThat(bad.exitValue()).isEqualTo(1);
        assertThat(Files.readString(FOLDER.resolve("bad.err"))).contains("unreadable_voice");

        // a second run on the same folder is refused, not tangled up with the first
        Process second = launch("second");
        assertThat(second.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isEqualTo(1);
        assertThat(Files.readString(FOLDER.resolve("second.err"))).contains("up already");

        List<ProcessHandle> processes = processes();
        assertThat(processes).hasSize(8).allMatch(ProcessHandle::isAlive);
        up.destroyForcibly().waitFor();
        await().atMost(STOP).untilAsserted(() -> assertThat(processes).noneMatch(ProcessHandle::isAlive));

        // the data are kept, and what is asked for ends by itself and leaves nothing either
        Process next =
                launch("next", "-Dv2f.voice=" + voice, "-Dv2f.gender=male", "-Dv2f.out=" + FOLDER.resolve("more"));
        assertThat(next.waitFor(START.multipliedBy(2).toSeconds(), TimeUnit.SECONDS))
                .as(output("next"))
                .isTrue();
        assertThat(next.exitValue()).as(output("next")).isZero();
        assertThat(FOLDER.resolve("more").resolve("condition-clip.mp4")).isNotEmptyFile();
        assertThat(processes()).noneMatch(ProcessHandle::isAlive);
    }

    private Process launch(String name, String... settings) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                Paths.get(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-Dv2f.root=" + ROOT,
                "-Dv2f.home=" + HOME));
        words.addAll(List.of(settings));
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), Launcher.class.getName()));
        Process process = new ProcessBuilder(words)
                .redirectOutput(FOLDER.resolve(name + ".out").toFile())
                .redirectError(FOLDER.resolve(name + ".err").toFile())
                .start();
        launched.add(process);
        return process;
    }

    private static String output(String name) throws IOException {
        return Files.readString(FOLDER.resolve(name + ".out")) + Files.readString(FOLDER.resolve(name + ".err"));
    }

    /** The seven processes of the run and the database's own. */
    private static List<ProcessHandle> processes() throws IOException {
        List<ProcessHandle> handles = new ArrayList<>();
        for (String line : Files.readAllLines(HOME.resolve("processes"))) {
            ProcessHandle.of(Long.parseLong(line.split(" ")[0])).ifPresent(handles::add);
        }
        try (Stream<Path> files = Files.walk(HOME.resolve("data/postgres"))) {
            for (Path pidFile :
                    files.filter(file -> file.endsWith("postmaster.pid")).toList()) {
                ProcessHandle.of(Long.parseLong(
                                Files.readAllLines(pidFile).get(0).strip()))
                        .ifPresent(handles::add);
            }
        }
        return handles;
    }
}
