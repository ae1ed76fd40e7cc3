package io.voice2face.local;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Lines for the person, each with the seconds since the start. */
final class Console {
    private final PrintStream out;
    private final Instant begin = Instant.now();

    Console(PrintStream out) {
        this.out = out;
    }

    /** A console that says nothing. */
    static Console silent() {
        return new Console(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    }

    synchronized void line(String text) {
        double seconds = Duration.between(begin, Instant.now()).toMillis() / 1000.0;
        out.println(String.format(Locale.ROOT, "%7.1f s  %s", seconds, text));
        out.flush();
    }

    synchronized void plain(String text) {
        out.println(text);
        out.flush();
    }
}
