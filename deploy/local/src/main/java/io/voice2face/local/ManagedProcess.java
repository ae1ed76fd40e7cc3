package io.voice2face.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A child process that ends with this one: it watches its standard input, whose other end is here, see
 * {@link io.voice2face.embedded.ParentBound}.
 */
final class ManagedProcess {
    private static final long POLL_MILLIS = 150;
    private static final long STOP_SECONDS = 20;
    private static final int LOG_TAIL_LINES = 15;

    /**
     * How to start it.
     *
     * @param name of the process, for people
     * @param log takes its output; appended to
     * @param readyTimeout time it has to get ready
     */
    record Command(
            String name,
            List<String> words,
            Map<String, String> environment,
            Path workFolder,
            Path log,
            Readiness readiness,
            Duration readyTimeout) {}

    /** Tells whether a process is ready for work. */
    interface Readiness {
        /** True once it is; the process id tells a new process from an earlier one. */
        boolean isReady(long pid);
    }

    private final Command command;
    private final Process process;
    private final Instant startedAt;
    private volatile boolean stopping;

    private ManagedProcess(Command command, Process process, Instant startedAt) {
        this.command = command;
        this.process = process;
        this.startedAt = startedAt;
    }

    /** Starts the process; does not wait until it is ready. */
    static ManagedProcess start(Command command) {
        try {
            Files.createDirectories(command.log().getParent());
            Files.createDirectories(command.workFolder());
            ProcessBuilder builder = new ProcessBuilder(command.words())
                    .directory(command.workFolder().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(
                            ProcessBuilder.Redirect.appendTo(command.log().toFile()));
            builder.environment().putAll(command.environment());
            Instant startedAt = Instant.now();
            return new ManagedProcess(command, builder.start(), startedAt);
        } catch (IOException e) {
            throw new LocalRunException(command.name() + " cannot be started: " + e.getMessage(), e);
        }
    }

    /**
     * Waits until it is ready and says how long that took.
     *
     * @throws LocalRunException if it ends before or is not ready in time
     */
    Duration awaitReady() throws InterruptedException {
        Instant deadline = startedAt.plus(command.readyTimeout());
        while (Instant.now().isBefore(deadline)) {
            if (command.readiness().isReady(process.pid())) {
                return Duration.between(startedAt, Instant.now());
            }
            if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                if (stopping) {
                    throw new InterruptedException(command.name() + " is being stopped");
                }
                throw new LocalRunException(command.name() + " has ended with status " + process.exitValue()
                        + " before it was ready; the end of its log " + command.log() + ":\n" + logTail());
            }
        }
        throw new LocalRunException(command.name() + " was not ready after "
                + command.readyTimeout().toSeconds() + " s; the end of its log " + command.log() + ":\n" + logTail());
    }

    private String logTail() {
        try {
            List<String> lines = Files.readAllLines(command.log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "(cannot be read: " + e.getMessage() + ")";
        }
    }

    /** Asks it to stop, without waiting. */
    void requestStop() {
        stopping = true;
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // the pipe is broken because the process is gone, which is what is wanted
            process.destroy();
        }
    }

    /** Puts the log of an earlier run aside, so that a log holds one run; restarts within a run append. */
    static void rotate(Path log) {
        try {
            if (Files.exists(log)) {
                Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new LocalRunException("The log " + log + " cannot be put aside: " + e.getMessage(), e);
        }
    }

    /** Waits for a requested stop and kills what does not follow it. */
    void awaitStop() throws InterruptedException {
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    /** Ends it at once, as {@code kill -9} does. */
    void kill() {
        process.destroyForcibly();
    }

    boolean isStopping() {
        return stopping;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    Command command() {
        return command;
    }

    int exitStatus() {
        return process.exitValue();
    }
}
