package io.voice2face.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * One embedded server as a process of its own: {@code EmbeddedServerMain kafka|postgres|s3 <folder> <port> <ready
 * file>}. Secrets come through the environment: {@value #DATABASE_PASSWORD}, {@value #S3_ACCESS_KEY}, {@value
 * #S3_SECRET_KEY}. Writes its process id into the ready file when it takes connections; ends with SIGTERM, and by itself
 * when its server does.
 */
public final class EmbeddedServerMain {
    public static final String DATABASE_PASSWORD = "V2F_DATABASE_PASSWORD";
    public static final String S3_ACCESS_KEY = "V2F_S3_ACCESS_KEY";
    public static final String S3_SECRET_KEY = "V2F_S3_SECRET_KEY";

    private EmbeddedServerMain() {}

    /** Kinds of server. */
    public enum Kind {
        KAFKA,
        POSTGRES,
        S3
    }

    /** Entry point. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 4) {
            throw new IllegalArgumentException(
                    "usage: EmbeddedServerMain kafka|postgres|s3 <folder> <port> <ready file>");
        }
        Kind kind = Kind.valueOf(arguments[0].toUpperCase(Locale.ROOT));
        Path folder = Paths.get(arguments[1]);
        int port = Integer.parseInt(arguments[2]);
        AutoCloseable server;
        try {
            server = start(kind, folder, port);
        } catch (EmbeddedServerException e) {
            e.printStackTrace();
            System.exit(1);
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server), "embedded-server-close"));
        Files.writeString(
                Paths.get(arguments[3]), Long.toString(ProcessHandle.current().pid()));
        new CountDownLatch(1).await();
    }

    private static AutoCloseable start(Kind kind, Path folder, int port) {
        return switch (kind) {
            case KAFKA -> EmbeddedKafka.start(folder, port);
            case POSTGRES -> startPostgres(folder, port);
            case S3 ->
                EmbeddedS3.start(
                        folder, port, new S3Credentials(environment(S3_ACCESS_KEY), environment(S3_SECRET_KEY)));
        };
    }

    private static EmbeddedPostgres startPostgres(Path folder, int port) {
        EmbeddedPostgres postgres = EmbeddedPostgres.start(folder, port, environment(DATABASE_PASSWORD));
        postgres.onExit().thenAccept(status -> {
            System.err.println("PostgreSQL has ended with status " + status);
            System.exit(1);
        });
        return postgres;
    }

    private static String environment(String name) {
        return Optional.ofNullable(System.getenv(name))
                .filter(value -> !value.isBlank())
                .orElseThrow(() -> new EmbeddedServerException("environment variable " + name + " is not set"));
    }

    private static void close(AutoCloseable server) {
        try {
            server.close();
        } catch (Exception e) {
            e.printStackTrace();
        }
    }
}
