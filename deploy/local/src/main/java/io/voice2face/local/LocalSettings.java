package io.voice2face.local;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;

/**
 * What the person asked for with {@code -Dv2f.…}.
 *
 * @param root root of the source tree, whose modules hold the built services
 * @param home folder of everything that the local run keeps
 * @param job the one job to run; empty to stay up
 * @param benchmarkJobs how often to run the sample voice and measure it; 0 for not at all
 */
record LocalSettings(Path root, Path home, Optional<Job> job, int benchmarkJobs) {
    private static final int DEFAULT_AGE = 30;
    private static final int YOUNGEST = 18;
    private static final int OLDEST = 100;

    /**
     * One job.
     *
     * @param voice the recording
     * @param age stated age in years
     * @param gender stated gender, {@code female} or {@code male}
     * @param target own clip or picture; empty for the first built-in clip of the gender
     * @param out folder that takes the files; empty for one below the home
     */
    record Job(Path voice, int age, String gender, Optional<Path> target, Optional<Path> out) {}

    /** Reads the properties; relative paths are relative to the folder that Maven was called in. */
    static LocalSettings of(Properties properties) {
        Path called = Paths.get(value(properties, "v2f.called-from").orElse("")).toAbsolutePath();
        Path root = value(properties, "v2f.root").map(called::resolve).orElse(called);
        Path home = value(properties, "v2f.home").map(called::resolve).orElse(root.resolve(".v2f"));
        Optional<Job> job = value(properties, "v2f.voice")
                .map(voice -> new Job(
                        file(called, voice, "v2f.voice"),
                        age(value(properties, "v2f.age")),
                        gender(value(properties, "v2f.gender")),
                        value(properties, "v2f.target").map(target -> file(called, target, "v2f.target")),
                        value(properties, "v2f.out").map(called::resolve)));
        return new LocalSettings(root.normalize(), home.normalize(), job, number(value(properties, "v2f.bench")));
    }

    private static Optional<String> value(Properties properties, String name) {
        return Optional.ofNullable(properties.getProperty(name))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }

    private static Path file(Path called, String name, String property) {
        Path file = called.resolve(name).normalize();
        if (!Files.isRegularFile(file)) {
            throw new LocalRunException("There is no file " + file + "; -D" + property + " must name one.");
        }
        return file;
    }

    private static int age(Optional<String> text) {
        try {
            // whether the age is one that the service takes is the service's to say
            return text.map(Integer::parseInt).orElse(DEFAULT_AGE);
        } catch (NumberFormatException e) {
            throw new LocalRunException(
                    "-Dv2f.age must be a whole number of years from " + YOUNGEST + " to " + OLDEST + ".", e);
        }
    }

    private static int number(Optional<String> text) {
        try {
            return text.map(Integer::parseInt).orElse(0);
        } catch (NumberFormatException e) {
            throw new LocalRunException("-Dv2f.bench must be a number of jobs.", e);
        }
    }

    private static String gender(Optional<String> text) {
        String gender = text.orElse("female").toLowerCase(Locale.ROOT);
        if (!List.of("female", "male").contains(gender)) {
            throw new LocalRunException("-Dv2f.gender must be female or male.");
        }
        return gender;
    }
}
