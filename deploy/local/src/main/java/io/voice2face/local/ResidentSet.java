package io.voice2face.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Optional;

/** Resident memory of processes, where the system tells it through {@code /proc}. */
final class ResidentSet {
    private ResidentSet() {}

    /** Bytes; empty where they are not told. */
    static Optional<Long> of(long pid) {
        Path status = Paths.get("/proc", Long.toString(pid), "status");
        if (!Files.isReadable(status)) {
            return Optional.empty();
        }
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst();
        } catch (IOException e) {
            // the process has ended meanwhile
            return Optional.empty();
        }
    }
}
