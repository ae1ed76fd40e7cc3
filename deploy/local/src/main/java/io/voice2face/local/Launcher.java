package io.voice2face.local;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** What {@code mvn -Pup} runs; see the README for the settings. */
public final class Launcher {
    private static final Duration RESTART_AFTER = Duration.ofSeconds(5);
    private static final List<String> EXPECTED =
            List.of("voice-face.", "condition-face.", "voice-clip.", "condition-clip.", "result.json");
    private static final double MEGABYTE = 1024 * 1024;

    private final LocalSettings settings;
    private final Console console;

    private Launcher(LocalSettings settings, Console console) {
        this.settings = settings;
        this.console = console;
    }

    /** Entry point; exits 0 only if what was asked for was done. */
    public static void main(String[] arguments) {
        exitWithParent();
        int status;
        try {
            new Launcher(LocalSettings.of(System.getProperties()), new Console(System.out)).run();
            status = 0;
        } catch (LocalRunException e) {
            System.err.println(e.getMessage());
            status = 1;
        } catch (InterruptedException e) {
            status = 130;
        }
        System.exit(status);
    }

    /** Maven that is killed takes nobody with it: its end is watched for. */
    private static void exitWithParent() {
        ProcessHandle.current().parent().ifPresent(parent -> parent.onExit().thenRun(() -> System.exit(143)));
    }

    private void run() throws InterruptedException {
        Optional<LocalHome> taken = LocalHome.take(settings.home());
        if (taken.isEmpty()) {
            runOnRunningMesh();
            return;
        }
        LocalHome home = taken.get();
        int leftOvers = new ProcessRegister(home.processes()).endLeftOvers();
        if (leftOvers > 0) {
            console.line(leftOvers + " processes of an earlier run were still there and have been ended");
        }
        Mesh mesh = new Mesh(home, settings.root(), RESTART_AFTER, Map.of(), new Announcer());
        Thread stop = new Thread(() -> stop(mesh, home), "local-run-stop");
        Runtime.getRuntime().addShutdownHook(stop);
        console.line("starting Kafka, PostgreSQL, S3 and the four services; data in " + home.folder() + ", logs in "
                + home.logs());
        mesh.start();
        URI gateway = mesh.addresses().url(MeshService.GATEWAY);
        home.announceGateway(gateway.toString());
        if (settings.job().isPresent()) {
            runJob(gateway, settings.job().get(), home.folder());
            return;
        }
        if (settings.benchmarkJobs() > 0) {
            new Benchmark(mesh, console)
                    .run(sample(home), settings.benchmarkJobs(), home.folder().resolve("results"));
            return;
        }
        console.line("the page is at " + gateway + "/");
        runSample(gateway, home);
        console.plain("");
        console.plain("  page     " + gateway + "/");
        console.plain("  API      " + gateway + "/api/v1, described at " + gateway + "/q/swagger-ui");
        console.plain("  logs     " + home.logs());
        console.plain("  data     " + home.folder());
        console.plain("  stop     Ctrl-C");
        console.plain("");
        new CountDownLatch(1).await();
    }

    private void runOnRunningMesh() throws InterruptedException {
        String gateway = LocalHome.runningGateway(settings.home())
                .orElseThrow(() -> new LocalRunException("Another local run is starting or stopping on "
                        + settings.home() + "; wait for it, or name another folder with -Dv2f.home=FOLDER."));
        LocalSettings.Job job = settings.job()
                .orElseThrow(() -> new LocalRunException("A local run is up already at " + gateway
                        + "/; stop it first, or name another folder with -Dv2f.home=FOLDER."));
        console.line("using the local run that is up at " + gateway);
        runJob(URI.create(gateway), job, settings.home());
    }

    private void runJob(URI gateway, LocalSettings.Job job, Path home) throws InterruptedException {
        console.line("voice " + job.voice() + ", age " + job.age() + ", " + job.gender()
                + job.target().map(target -> ", target " + target).orElse(""));
        VoiceJob.Outcome outcome = new VoiceJob(gateway, console)
                .run(job, requestId -> job.out().orElse(home.resolve("results").resolve(requestId)));
        List<String> missing = EXPECTED.stream()
                .filter(name -> outcome.files().stream()
                        .noneMatch(file -> file.getFileName().toString().startsWith(name)))
                .toList();
        if (!missing.isEmpty()) {
            throw new LocalRunException("The request has succeeded, but these files are missing: " + missing);
        }
        console.line(String.format(Locale.ROOT, "done in %.1f s", outcome.took().toMillis() / 1000.0));
        outcome.files().forEach(file -> console.plain("  " + file));
    }

    private void runSample(URI gateway, LocalHome home) throws InterruptedException {
        try {
            runJob(gateway, sample(home), home.folder());
        } catch (LocalRunException e) {
            // the mesh is up, and what is wrong with it can best be found while it is
            System.err.println("The sample voice has not come through: " + e.getMessage());
        }
    }

    private static LocalSettings.Job sample(LocalHome home) {
        Path voice = home.folder().resolve("sample-voice.wav");
        try (InputStream sample = Launcher.class.getResourceAsStream("/samples/female.wav")) {
            Files.copy(sample, voice, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new LocalRunException("The sample voice cannot be written: " + e.getMessage(), e);
        }
        return new LocalSettings.Job(voice, 30, "female", Optional.empty(), Optional.empty());
    }

    private void stop(Mesh mesh, LocalHome home) {
        try {
            console.line("stopping");
            mesh.close();
            home.close();
            console.line("everything has stopped; the data are kept in " + home.folder());
        } catch (IOException e) {
            System.err.println("The folder could not be given back: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Tells the person what happens to the processes. */
    private final class Announcer implements Mesh.Listener {
        @Override
        public void ready(String name, int port, ProcessHandle process, Duration after) {
            String memory = ResidentSet.of(process.pid())
                    .map(bytes -> String.format(Locale.ROOT, ", %.0f MB", bytes / MEGABYTE))
                    .orElse("");
            console.line(String.format(
                    Locale.ROOT,
                    "%-19s ready on port %d after %.1f s%s",
                    name,
                    port,
                    after.toMillis() / 1000.0,
                    memory));
        }

        @Override
        public void portTaken(String name, int preferred, int used) {
            console.line("port " + preferred + " is in use, " + name + " gets " + used);
        }

        @Override
        public void died(String name, int status, Path log, Duration restartAfter) {
            console.line(name + " has died with status " + status + " and is started again in "
                    + restartAfter.toSeconds() + " s; its log is " + log);
        }
    }
}
