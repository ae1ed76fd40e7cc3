package io.voice2face.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A PostgreSQL server on 127.0.0.1 with password authentication, durable commits, and the databases {@link #GATEWAY} and
 * {@link #STORAGE}.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    /** Database of gateway-service. */
    public static final String GATEWAY = "gateway";

    /** Database of storage-service. */
    public static final String STORAGE = "storage";

    /** Name of the user that owns everything. */
    public static final String USERNAME = "postgres";

    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
    private static final long STOP_SECONDS = 20;
    private static final long PAUSE_MILLIS = 100;

    private final Path binaries;
    private final Path data;
    private final PostgresAccount account;
    private final Process process;
    private final int port;
    private final String password;

    private EmbeddedPostgres(
            Path binaries, Path data, PostgresAccount account, Process process, int port, String password) {
        this.binaries = binaries;
        this.data = data;
        this.account = account;
        this.process = process;
        this.port = port;
        this.password = password;
    }

    /**
     * Starts the server; a server that an earlier, killed process left running on the same folder is stopped first.
     * Returns when it takes connections.
     *
     * @param folder where its data are and stay, and its log {@code postgres.log}
     * @param port port to listen on, 0 for any free one
     * @param password password of {@link #USERNAME}; must be the same as when the folder was first used
     * @throws EmbeddedServerException if it does not come up
     */
    public static EmbeddedPostgres start(Path folder, int port, String password) {
        PostgresAccount account = PostgresAccount.choose();
        Path binaries = PostgresBinaries.unpackedIn(account.binariesCache());
        int listenerPort = port == 0 ? Ports.free() : port;
        try {
            Path logs = Files.createDirectories(folder.toAbsolutePath());
            Path base = Files.createDirectories(account.dataFolder(logs));
            Path data = base.resolve("data");
            stopLeftOver(binaries, data, account);
            if (!Files.exists(data)) {
                initialise(binaries, base, data, account, password);
            }
            Instant deadline = Instant.now().plus(START_TIMEOUT);
            while (true) {
                Path log = logs.resolve("postgres.log");
                Process process = launch(binaries, data, account, listenerPort, log);
                EmbeddedPostgres postgres =
                        new EmbeddedPostgres(binaries, data, account, process, listenerPort, password);
                if (postgres.awaitConnections(deadline)) {
                    postgres.createDatabases();
                    return postgres;
                }
                // the children of a killed postmaster hold its shared memory for a moment: a refused start is tried
                // again
                if (Instant.now().isAfter(deadline.minus(START_TIMEOUT.dividedBy(2)))) {
                    throw new EmbeddedServerException(
                            "PostgreSQL did not start, exit status " + process.exitValue() + "; its log is " + log);
                }
                TimeUnit.MILLISECONDS.sleep(5 * PAUSE_MILLIS);
            }
        } catch (IOException | SQLException e) {
            throw new EmbeddedServerException("PostgreSQL did not start in " + folder + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedServerException("interrupted while PostgreSQL was starting", e);
        }
    }

    private static void initialise(Path binaries, Path base, Path data, PostgresAccount account, String password)
            throws IOException, InterruptedException {
        Path fresh = Files.createTempDirectory(base, "initdb-");
        Path passwordFile = Files.writeString(fresh.resolve("password"), password + "\n");
        Path cluster = fresh.resolve("data");
        account.own(base);
        List<String> command = new ArrayList<>(account.prefix());
        command.addAll(List.of(
                binaries.resolve("bin/initdb").toString(),
                "--pgdata=" + cluster,
                "--username=" + USERNAME,
                "--auth=scram-sha-256",
                "--pwfile=" + passwordFile,
                "--encoding=UTF8",
                "--locale=C",
                "--no-instructions"));
        Path log = fresh.resolve("initdb.log");
        int status = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        if (status != 0) {
            throw new EmbeddedServerException(
                    "initdb ended with " + status + ": " + Files.readString(log).strip());
        }
        // in one step, so that a start that was interrupted half-way leaves no half database
        Files.move(cluster, data, StandardCopyOption.ATOMIC_MOVE);
        Folders.delete(fresh);
    }

    private static Process launch(Path binaries, Path data, PostgresAccount account, int port, Path log)
            throws IOException {
        List<String> command = new ArrayList<>(account.prefix());
        command.addAll(List.of(binaries.resolve("bin/postgres").toString(), "-D", data.toString()));
        for (String setting : List.of(
                "port=" + port,
                "listen_addresses=127.0.0.1",
                "unix_socket_directories=",
                "fsync=on",
                "synchronous_commit=on",
                "max_connections=100",
                "shared_buffers=64MB",
                "log_timezone=UTC",
                "timezone=UTC")) {
            command.addAll(List.of("-c", setting));
        }
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private boolean awaitConnections(Instant deadline) throws InterruptedException {
        while (Instant.now().isBefore(deadline)) {
            try (Connection connection = connect("postgres")) {
                return connection.isValid(1);
            } catch (SQLException e) {
                if (process.waitFor(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                    return false;
                }
                if ("28P01".equals(e.getSQLState())) {
                    close();
                    throw new EmbeddedServerException(
                            "PostgreSQL in " + data + " was set up with another password; restore the one that it was"
                                    + " set up with or delete the folder",
                            e);
                }
            }
        }
        close();
        throw new EmbeddedServerException("PostgreSQL in " + data + " takes no connections after " + START_TIMEOUT);
    }

    private void createDatabases() throws SQLException {
        try (Connection connection = connect("postgres");
                PreparedStatement query = connection.prepareStatement("SELECT 1 FROM pg_database WHERE datname = ?");
                Statement create = connection.createStatement()) {
            for (String database : List.of(GATEWAY, STORAGE)) {
                query.setString(1, database);
                if (!query.executeQuery().next()) {
                    create.execute("CREATE DATABASE " + database);
                }
            }
        }
    }

    /** A new connection to a database. */
    public Connection connect(String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", USERNAME);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", "5");
        return DriverManager.getConnection(jdbcUrl(database), properties);
    }

    /** Value for {@code quarkus.datasource.jdbc.url}. */
    public String jdbcUrl(String database) {
        return "jdbc:" + reactiveUrl(database);
    }

    /** Value for {@code quarkus.datasource.reactive.url}. */
    public String reactiveUrl(String database) {
        return "postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** Password of {@link #USERNAME}. */
    public String password() {
        return password;
    }

    /** Port that it listens on. */
    public int port() {
        return port;
    }

    /** Process id of the postmaster. */
    public long pid() {
        return process.pid();
    }

    /** Completes when the server has ended, whoever ended it. */
    public CompletableFuture<Integer> onExit() {
        return process.onExit().thenApply(Process::exitValue);
    }

    private static void stopLeftOver(Path binaries, Path data, PostgresAccount account)
            throws IOException, InterruptedException {
        Optional<ProcessHandle> leftOver = leftOver(data);
        if (leftOver.isPresent()) {
            stop(binaries, data, account, leftOver.get());
        }
    }

    private static Optional<ProcessHandle> leftOver(Path data) throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.isReadable(pidFile)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(pidFile);
        if (lines.isEmpty() || !lines.get(0).strip().matches("\\d+")) {
            return Optional.empty();
        }
        // ids are used again: only a process that runs on this very folder is ours
        return ProcessHandle.of(Long.parseLong(lines.get(0).strip()))
                .filter(ProcessHandle::isAlive)
                .filter(handle -> handle.info().commandLine().orElse("").contains(data.toString()));
    }

    private static void stop(Path binaries, Path data, PostgresAccount account, ProcessHandle postmaster)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(account.prefix());
        command.addAll(List.of(
                binaries.resolve("bin/pg_ctl").toString(),
                "stop",
                "-D",
                data.toString(),
                "-m",
                "fast",
                "-w",
                "-t",
                Long.toString(STOP_SECONDS)));
        new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (postmaster.isAlive()) {
            postmaster.destroyForcibly();
        }
        postmaster.onExit().orTimeout(STOP_SECONDS, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        if (!process.isAlive()) {
            return;
        }
        try {
            stop(binaries, data, account, process.toHandle());
        } catch (IOException e) {
            process.destroyForcibly();
            throw new EmbeddedServerException("PostgreSQL did not stop by itself: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
