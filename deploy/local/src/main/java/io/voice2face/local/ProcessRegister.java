package io.voice2face.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The processes of a home, written down: a launcher that was killed leaves children that are still stopping, and the next
 * one waits for them, and ends those that do not stop.
 */
final class ProcessRegister {
    private static final long PATIENCE_SECONDS = 20;

    private final Path file;

    ProcessRegister(Path file) {
        this.file = file;
    }

    /** Writes down what runs now. */
    void write(List<ProcessHandle> processes) {
        String text = processes.stream()
                .map(process -> process.pid() + " "
                        + startOf(process).map(Instant::toEpochMilli).orElse(0L))
                .collect(Collectors.joining("\n", "", "\n"));
        try {
            LocalHome.writePrivate(file, text);
        } catch (IOException e) {
            throw new LocalRunException("The processes cannot be written down in " + file + ": " + e.getMessage(), e);
        }
    }

    /** Ends what an earlier launcher has left; returns how many processes that were. */
    int endLeftOvers() {
        List<ProcessHandle> leftOvers = new ArrayList<>();
        for (String line : lines()) {
            String[] words = line.split(" ");
            if (words.length == 2) {
                // process ids are used again: only the same start time makes it the same process
                ProcessHandle.of(Long.parseLong(words[0]))
                        .filter(process ->
                                startOf(process).map(Instant::toEpochMilli).orElse(-1L) == Long.parseLong(words[1]))
                        .ifPresent(leftOvers::add);
            }
        }
        for (ProcessHandle process : leftOvers) {
            try {
                process.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
            } catch (CompletionException e) {
                process.destroyForcibly();
                process.onExit().join();
            }
        }
        return leftOvers.size();
    }

    private List<String> lines() {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new LocalRunException("The list of processes in " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static Optional<Instant> startOf(ProcessHandle process) {
        return process.info().startInstant();
    }
}
