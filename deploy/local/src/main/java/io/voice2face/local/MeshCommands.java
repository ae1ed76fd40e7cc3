package io.voice2face.local;

import java.io.File;
import java.io.IOException;
import java.net.URI;
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
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.voice2face.embedded.EmbeddedPostgres;
import io.voice2face.embedded.EmbeddedS3;
import io.voice2face.embedded.EmbeddedServerMain;
import io.voice2face.embedded.ParentBound;
import io.voice2face.embedded.Ports;

/**
 * Where everything of the local mesh listens, and with which words and settings each process is started. The settings are
 * those that an operator gives the services elsewhere, as environment variables.
 */
final class MeshCommands {
    private static final Duration SERVER_TIMEOUT = Duration.ofSeconds(120);
    private static final Duration SERVICE_TIMEOUT = Duration.ofSeconds(240);
    private static final String QUARKUS_MAIN = "io.quarkus.bootstrap.runner.QuarkusEntryPoint";

    /** Hears of a port that is in use. */
    interface PortTaken {
        void tell(String service, int preferred, int used);
    }

    private final LocalHome home;
    private final LocalSecrets secrets;
    private final Path root;
    private final Map<String, String> extraEnvironment;
    /** Tells this mesh's services from those of another local run that has taken the same port. */
    private final String meshId = UUID.randomUUID().toString();

    private final HttpProbe probe = new HttpProbe(meshId);
    private final Map<EmbeddedServerMain.Kind, Integer> serverPorts = new EnumMap<>(EmbeddedServerMain.Kind.class);
    private final Map<MeshService, Integer> servicePorts = new EnumMap<>(MeshService.class);

    /**
     * @param root source tree with the built services
     * @param extraEnvironment settings for the services beside those that the mesh needs
     */
    MeshCommands(LocalHome home, Path root, Map<String, String> extraEnvironment) {
        this.home = home;
        this.secrets = LocalSecrets.of(home);
        this.root = root;
        this.extraEnvironment = Map.copyOf(extraEnvironment);
    }

    /**
     * @throws LocalRunException if a service was not built
     */
    void requireBuiltServices() {
        for (MeshService service : MeshService.values()) {
            if (!Files.exists(quarkusApp(service).resolve("quarkus-run.jar"))) {
                throw new LocalRunException(service.serviceName() + " is not built: " + quarkusApp(service)
                        + " is missing; run mvn -Pup in the root of the source tree.");
            }
        }
    }

    /**
     * Finds a port for everything: the one a service prefers where it is free.
     *
     * @param taken is told which service, the port it prefers and the one it gets instead
     */
    void choosePorts(PortTaken taken) {
        for (EmbeddedServerMain.Kind kind : EmbeddedServerMain.Kind.values()) {
            serverPorts.put(kind, Ports.free());
        }
        for (MeshService service : MeshService.values()) {
            int port = Ports.freeOr(service.preferredPort());
            if (port != service.preferredPort()) {
                taken.tell(service.serviceName(), service.preferredPort(), port);
            }
            servicePorts.put(service, port);
        }
    }

    /**
     * Finds other ports for the services whose port somebody has bound. None of this mesh's services may run.
     *
     * @param taken is told which service, the port it has lost and the one it gets instead
     * @return false where nobody has bound any of them
     */
    boolean replaceTakenPorts(PortTaken taken) {
        boolean any = false;
        for (MeshService service : MeshService.values()) {
            int lost = servicePorts.get(service);
            if (!Ports.isFree(lost)) {
                servicePorts.put(service, Ports.free());
                taken.tell(service.serviceName(), lost, servicePorts.get(service));
                any = true;
            }
        }
        return any;
    }

    /** How a server is started, and when it is ready. */
    ManagedProcess.Command server(EmbeddedServerMain.Kind kind) {
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

    /** How a service is started, and when it is ready. */
    ManagedProcess.Command service(MeshService service) {
        List<String> words = new ArrayList<>();
        words.add(java());
        words.addAll(service.jvmOptions());
        words.addAll(List.of(
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-Dquarkus.http.header." + HttpProbe.HEADER + ".value=" + meshId,
                "-Dquarkus.http.header." + HttpProbe.HEADER + ".path=/q/health/*",
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
                pid -> probe.status(health) == 200,
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
                // else ONNX Runtime reports to its maker what it does
                environment.put("ORT_DISABLE_TELEMETRY", "1");
                // else glibc keeps what was freed apart for every thread, and pictures are large
                environment.put("MALLOC_ARENA_MAX", "2");
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

    /** What the service says of its liveness: a status, 0 where it says nothing. */
    int liveness(MeshService service) {
        return probe.status(url(service).resolve("/q/health/live"));
    }

    /** Port of a server or service. */
    int port(String name) {
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
}
