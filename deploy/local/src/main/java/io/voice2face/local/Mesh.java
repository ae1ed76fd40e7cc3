package io.voice2face.local;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.voice2face.embedded.EmbeddedPostgres;
import io.voice2face.embedded.EmbeddedS3;
import io.voice2face.embedded.EmbeddedServerMain;
import io.voice2face.embedded.ParentBound;
import io.voice2face.embedded.Ports;

/**
 * The three servers and the four services, each a process of its own, on ports of this machine. A process that dies is
 * started again after a pause; closing stops the services first and the servers they need afterwards.
 */
final class Mesh implements AutoCloseable {
    private static final Duration SERVER_TIMEOUT = Duration.ofSeconds(120);
    private static final Duration SERVICE_TIMEOUT = Duration.ofSeconds(240);
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(2);
    private static final String QUARKUS_MAIN = "io.quarkus.bootstrap.runner.QuarkusEntryPoint";

    /** Time between two looks at the services' liveness, and the answers "not alive" in a row that end a process. */
    private static final Duration LIVENESS_EVERY = Duration.ofSeconds(10);

    private static final int LIVENESS_FAILURES = 6;

    /** Is told what happens. */
    interface Listener {
        /** A process is ready. */
        void ready(String name, int port, ProcessHandle process, Duration after);

        /** A port that was preferred is taken, another one is used. */
        void portTaken(String name, int preferred, int used);

        /** A process has died by itself and will be started again. */
        void died(String name, int status, Path log, Duration restartAfter);
    }

    private final LocalHome home;
    private final LocalSecrets secrets;
    private final Path root;
    private final Duration restartAfter;
    private final Map<String, String> extraEnvironment;
    private final Listener listener;
    private final ProcessRegister register;
    private final Map<EmbeddedServerMain.Kind, Integer> serverPorts = new EnumMap<>(EmbeddedServerMain.Kind.class);
    private final Map<MeshService, Integer> servicePorts = new EnumMap<>(MeshService.class);
    private final Map<String, ManagedProcess> processes = new LinkedHashMap<>();
    private final ScheduledExecutorService restarts = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "mesh-restarts");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(PROBE_TIMEOUT).build();
    private final Map<MeshService, Integer> livenessFailures = new EnumMap<>(MeshService.class);
    private boolean started;
    private boolean closed;

    /**
     * A mesh that does not run yet.
     *
     * @param root source tree with the built services
     * @param restartAfter pause before a process that died is started again
     * @param extraEnvironment settings for the services beside those that the mesh needs
     */
    Mesh(LocalHome home, Path root, Duration restartAfter, Map<String, String> extraEnvironment, Listener listener) {
        this.home = home;
        this.root = root;
        this.restartAfter = restartAfter;
        this.extraEnvironment = Map.copyOf(extraEnvironment);
        this.listener = listener;
        this.secrets = LocalSecrets.of(home);
        this.register = new ProcessRegister(home.processes());
    }

    /**
     * Starts everything and returns when everything is ready.
     *
     * @throws LocalRunException if a process does not get ready; what was started is stopped by {@link #close}
     */
    void start() throws InterruptedException {
        for (MeshService service : MeshService.values()) {
            if (!Files.exists(quarkusApp(service).resolve("quarkus-run.jar"))) {
                throw new LocalRunException(service.serviceName() + " is not built: " + quarkusApp(service)
                        + " is missing; run mvn -Pup in the root of the source tree.");
            }
        }
        choosePorts();
        awaitAll(startServers());
        awaitAll(startServices());
        synchronized (this) {
            started = true;
            // what died while others were still starting has not been looked after yet
            List.copyOf(processes.values()).stream()
                    .filter(process -> !process.isAlive())
                    .forEach(this::restartIfDied);
        }
        restarts.scheduleWithFixedDelay(
                this::endWhatIsNotAlive, LIVENESS_EVERY.toMillis(), LIVENESS_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What Kubernetes does: a service that keeps saying that it is not alive is ended, and so started again. */
    private void endWhatIsNotAlive() {
        for (MeshService service : MeshService.values()) {
            // no answer is no "no": a service that starts, or a machine that is busy, is given its time
            boolean notAlive = status(url(service).resolve("/q/health/live")) == 503;
            int failures = notAlive ? livenessFailures.getOrDefault(service, 0) + 1 : 0;
            livenessFailures.put(service, failures);
            if (failures >= LIVENESS_FAILURES) {
                livenessFailures.put(service, 0);
                process(service.serviceName()).kill();
            }
        }
    }

    private void choosePorts() {
        for (EmbeddedServerMain.Kind kind : EmbeddedServerMain.Kind.values()) {
            serverPorts.put(kind, Ports.free());
        }
        for (MeshService service : MeshService.values()) {
            int port = Ports.freeOr(service.preferredPort());
            if (port != service.preferredPort()) {
                listener.portTaken(service.serviceName(), service.preferredPort(), port);
            }
            servicePorts.put(service, port);
        }
    }

    private List<ManagedProcess> startServers() {
        List<ManagedProcess> launched = new ArrayList<>();
        for (EmbeddedServerMain.Kind kind : EmbeddedServerMain.Kind.values()) {
            ManagedProcess.Command command = serverCommand(kind);
            ManagedProcess.rotate(command.log());
            launched.add(launch(command));
        }
        return launched;
    }

    private List<ManagedProcess> startServices() {
        List<ManagedProcess> launched = new ArrayList<>();
        for (MeshService service : MeshService.values()) {
            ManagedProcess.Command command = serviceCommand(service);
            ManagedProcess.rotate(command.log());
            launched.add(launch(command));
        }
        return launched;
    }

    private void awaitAll(List<ManagedProcess> started) throws InterruptedException {
        for (ManagedProcess process : started) {
            awaitReady(process);
        }
    }

    private void awaitReady(ManagedProcess process) throws InterruptedException {
        Duration after = process.awaitReady();
        listener.ready(process.command().name(), port(process.command().name()), process.handle(), after);
    }

    private synchronized ManagedProcess launch(ManagedProcess.Command command) {
        if (closed) {
            throw new LocalRunException("The mesh is being stopped.");
        }
        ManagedProcess process = ManagedProcess.start(command);
        processes.put(command.name(), process);
        register.write(processes.values().stream().map(ManagedProcess::handle).toList());
        process.handle().onExit().thenRun(() -> restartIfDied(process));
        return process;
    }

    private synchronized void restartIfDied(ManagedProcess process) {
        if (!started || closed || process.isStopping()) {
            return;
        }
        listener.died(
                process.command().name(),
                process.exitStatus(),
                process.command().log(),
                restartAfter);
        restarts.schedule(() -> restart(process.command()), restartAfter.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void restart(ManagedProcess.Command command) {
        synchronized (this) {
            if (closed) {
                return;
            }
        }
        ManagedProcess process = launch(command);
        CompletableFuture.runAsync(() -> {
            try {
                awaitReady(process);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (LocalRunException e) {
                // it died again, which restarts it again, or it hangs: then the next attempt needs it gone
                process.kill();
            }
        });
    }

    private ManagedProcess.Command serverCommand(EmbeddedServerMain.Kind kind) {
        String name = name(kind);
        Path data = home.data(name);
        Path readyFile = data.resolveSibling(name + ".ready");
        List<String> words = new ArrayList<>(List.of(
                java(),
                kind == EmbeddedServerMain.Kind.KAFKA ? "-Xmx320m" : "-Xmx96m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-cp",
                absoluteClassPath(),
                ParentBound.class.getName(),
                EmbeddedServerMain.class.getName(),
                name,
                data.toString(),
                Integer.toString(serverPorts.get(kind)),
                readyFile.toString()));
        Map<String, String> environment = Map.of(
                EmbeddedServerMain.DATABASE_PASSWORD, secrets.databasePassword(),
                EmbeddedServerMain.S3_ACCESS_KEY, secrets.s3().accessKey(),
                EmbeddedServerMain.S3_SECRET_KEY, secrets.s3().secretKey());
        return new ManagedProcess.Command(
                name,
                words,
                environment,
                home.folder(),
                home.logs().resolve(name + ".log"),
                pid -> hasContent(readyFile, Long.toString(pid)),
                SERVER_TIMEOUT);
    }

    private static boolean hasContent(Path file, String expected) {
        try {
            return Files.exists(file) && Files.readString(file).strip().equals(expected);
        } catch (IOException e) {
            return false;
        }
    }

    private ManagedProcess.Command serviceCommand(MeshService service) {
        List<String> words = new ArrayList<>();
        words.add(java());
        words.addAll(service.jvmOptions());
        words.addAll(List.of(
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-cp",
                quarkusApp(service).resolve("quarkus-run.jar") + File.pathSeparator + embeddedClasses(),
                ParentBound.class.getName(),
                QUARKUS_MAIN));
        URI health = URI.create("http://127.0.0.1:" + servicePorts.get(service) + "/q/health/ready");
        return new ManagedProcess.Command(
                service.serviceName(),
                words,
                serviceEnvironment(service),
                home.work(service.serviceName()),
                home.logs().resolve(service.serviceName() + ".log"),
                pid -> status(health) == 200,
                SERVICE_TIMEOUT);
    }

    private Map<String, String> serviceEnvironment(MeshService service) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        environment.put("QUARKUS_HTTP_PORT", Integer.toString(servicePorts.get(service)));
        environment.put("KAFKA_BOOTSTRAP_SERVERS", bootstrapServers());
        environment.put("V2F_SERVICE_TOKEN", secrets.serviceToken());
        environment.put("V2F_STORAGE_URL", url(MeshService.STORAGE).toString());
        environment.put("V2F_WORK_FOLDER", home.work(service.serviceName()).toString());
        switch (service) {
            case GATEWAY -> {
                putDatabase(environment, EmbeddedPostgres.GATEWAY);
                environment.put("V2F_TOKENS_KEYS_FOLDER", home.keys().toString());
            }
            case STORAGE -> {
                putDatabase(environment, EmbeddedPostgres.STORAGE);
                environment.put("V2F_S3_ENDPOINT", s3Endpoint().toString());
                environment.put("V2F_S3_PUBLIC_ENDPOINT", s3Endpoint().toString());
                environment.put("V2F_S3_REGION", EmbeddedS3.REGION);
                environment.put("V2F_S3_ACCESS_KEY", secrets.s3().accessKey());
                environment.put("V2F_S3_SECRET_KEY", secrets.s3().secretKey());
            }
            case VOICE2FACE, FACESWAP -> {
                // nothing beside what all have
            }
        }
        environment.putAll(extraEnvironment);
        return environment;
    }

    private void putDatabase(Map<String, String> environment, String database) {
        environment.put("QUARKUS_DATASOURCE_JDBC_URL", jdbcUrl(database));
        environment.put("QUARKUS_DATASOURCE_REACTIVE_URL", jdbcUrl(database).substring("jdbc:".length()));
        environment.put("QUARKUS_DATASOURCE_USERNAME", EmbeddedPostgres.USERNAME);
        environment.put("QUARKUS_DATASOURCE_PASSWORD", secrets.databasePassword());
    }

    /** Status of an answer, 0 where there is none. */
    private int status(URI uri) {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(uri).timeout(PROBE_TIMEOUT).build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private Path quarkusApp(MeshService service) {
        return root.resolve(service.serviceName()).resolve("target").resolve("quarkus-app");
    }

    private static String java() {
        return Paths.get(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String absoluteClassPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Paths.get(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Jar or folder that holds {@link ParentBound}, which every service is started through. */
    private static String embeddedClasses() {
        return Paths.get(URI.create(ParentBound.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString()))
                .toString();
    }

    private static String name(EmbeddedServerMain.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private int port(String name) {
        for (Map.Entry<MeshService, Integer> entry : servicePorts.entrySet()) {
            if (entry.getKey().serviceName().equals(name)) {
                return entry.getValue();
            }
        }
        return serverPorts.get(EmbeddedServerMain.Kind.valueOf(name.toUpperCase(Locale.ROOT)));
    }

    /** Base URL of a service. */
    URI url(MeshService service) {
        return URI.create("http://localhost:" + servicePorts.get(service));
    }

    String bootstrapServers() {
        return "127.0.0.1:" + serverPorts.get(EmbeddedServerMain.Kind.KAFKA);
    }

    URI s3Endpoint() {
        return URI.create("http://127.0.0.1:" + serverPorts.get(EmbeddedServerMain.Kind.S3));
    }

    String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + serverPorts.get(EmbeddedServerMain.Kind.POSTGRES) + "/" + database;
    }

    LocalSecrets secrets() {
        return secrets;
    }

    /** The process of a server or service as it is now. */
    synchronized ManagedProcess process(String name) {
        ManagedProcess process = processes.get(name);
        if (process == null) {
            throw new IllegalArgumentException("no process is called " + name);
        }
        return process;
    }

    /** Names of all processes. */
    synchronized List<String> processNames() {
        return List.copyOf(processes.keySet());
    }

    @Override
    public void close() throws InterruptedException {
        List<ManagedProcess> services = new ArrayList<>();
        List<ManagedProcess> servers = new ArrayList<>();
        synchronized (this) {
            closed = true;
            restarts.shutdownNow();
            for (MeshService service : MeshService.values()) {
                if (processes.containsKey(service.serviceName())) {
                    services.add(processes.get(service.serviceName()));
                }
            }
            servers.addAll(processes.values());
            servers.removeAll(services);
        }
        stop(services);
        stop(servers);
    }

    private static void stop(List<ManagedProcess> group) throws InterruptedException {
        group.forEach(ManagedProcess::requestStop);
        for (ManagedProcess process : group) {
            process.awaitStop();
        }
    }
}
