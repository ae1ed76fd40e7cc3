package io.voice2face.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.voice2face.embedded.Folders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The web page in a real browser against the whole mesh. The tests themselves are the page's own
 * ({@code gateway-service/src/main/webui/e2e}); this starts what they need and runs them. Without a Chromium on the
 * machine they are skipped, unless {@code V2F_CHROMIUM} names one.
 */
@Timeout(value = 25, unit = TimeUnit.MINUTES)
class WebPageIT {
    private static final String CHROMIUM = "V2F_CHROMIUM";
    private static final List<String> CANDIDATES = List.of(
            "/usr/bin/chromium",
            "/usr/bin/chromium-browser",
            "/usr/bin/google-chrome",
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    private static final Path ROOT =
            Paths.get(System.getProperty("v2f.root", "../..")).toAbsolutePath().normalize();
    private static final Path FOLDER = Paths.get("target", "web-page-it").toAbsolutePath();
    private static final Duration RESTART_AFTER = Duration.ofSeconds(2);
    /** Closes the service for a while in one of the tests. */
    private static final String OPERATOR = "operator@example.org";

    private final String operatorPassword = UUID.randomUUID().toString();

    @Test
    void theWebPageLeadsPeopleTheWholeWay() throws Exception {
        Optional<String> chromium = chromium();
        assumeTrue(chromium.isPresent(), "no Chromium on this machine");
        Folders.delete(FOLDER);
        Path voice = FOLDER.resolve("female.wav");
        Files.createDirectories(FOLDER);
        try (InputStream sample = Launcher.class.getResourceAsStream("/samples/female.wav")) {
            Files.copy(sample, voice, StandardCopyOption.REPLACE_EXISTING);
        }
        LocalHome home = LocalHome.take(FOLDER.resolve("home")).orElseThrow();
        try (home;
                Mesh mesh = new Mesh(
                        home,
                        ROOT,
                        RESTART_AFTER,
                        Map.of("V2F_ADMIN_EMAIL", OPERATOR, "V2F_ADMIN_PASSWORD", operatorPassword),
                        new Narrator())) {
            mesh.start();
            Path report = FOLDER.resolve("browser-tests.log");
            int status = runBrowserTests(mesh, voice, chromium.get(), report);
            String said = Files.readString(report);
            System.out.println(said);
            assertThat(status).as(said).isZero();
        }
    }

    private int runBrowserTests(Mesh mesh, Path voice, String chromium, Path report)
            throws IOException, InterruptedException {
        boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
        ProcessBuilder browserTests = new ProcessBuilder(windows ? "npm.cmd" : "npm", "run", "--silent", "e2e")
                .directory(ROOT.resolve("gateway-service/src/main/webui").toFile())
                // not this process's own streams: Surefire talks to it through them
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .redirectErrorStream(true)
                .redirectOutput(report.toFile());
        browserTests
                .environment()
                .put("V2F_PAGE_URL", mesh.addresses().url(MeshService.GATEWAY).toString());
        browserTests.environment().put("V2F_E2E_VOICE", voice.toString());
        browserTests
                .environment()
                .put("V2F_E2E_SHOTS", FOLDER.resolve("screenshots").toString());
        browserTests.environment().put(CHROMIUM, chromium);
        browserTests.environment().put("V2F_E2E_OPERATOR", OPERATOR);
        browserTests.environment().put("V2F_E2E_OPERATOR_PASSWORD", operatorPassword);
        // one test kills it; the mesh starts it again
        long gateway = mesh.process(MeshService.GATEWAY.serviceName()).handle().pid();
        browserTests.environment().put("V2F_GATEWAY_PID", Long.toString(gateway));
        Process running = browserTests.start();
        running.getOutputStream().close();
        try {
            return running.waitFor();
        } finally {
            running.descendants().forEach(ProcessHandle::destroyForcibly);
            running.destroyForcibly();
        }
    }

    private static Optional<String> chromium() {
        String named = System.getenv(CHROMIUM);
        if (named != null && !named.isBlank()) {
            assertThat(Paths.get(named)).as("what %s names", CHROMIUM).isExecutable();
            return Optional.of(named);
        }
        return CANDIDATES.stream()
                .filter(path -> Files.isExecutable(Paths.get(path)))
                .findFirst();
    }

    private static final class Narrator implements Mesh.Listener {
        @Override
        public void ready(String name, int port, ProcessHandle process, Duration after) {
            System.out.printf("%s ready on port %d after %d s%n", name, port, after.toSeconds());
        }

        @Override
        public void portTaken(String name, int preferred, int used) {
            // whatever port it is, the browser is told
        }

        @Override
        public void died(String name, int status, Path log, Duration restartAfter) {
            System.out.printf("%s ended with status %d%n", name, status);
        }
    }
}
