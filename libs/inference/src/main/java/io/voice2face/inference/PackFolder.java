package io.voice2face.inference;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Where a pack's files lie. */
sealed interface PackFolder {

    /** @throws NoSuchFileException if there is no such file */
    InputStream open(String file) throws IOException;

    /** The file itself, where it is one: ONNX Runtime maps large graphs and finds their external data by path. */
    Optional<Path> path(String file);

    /** For messages. */
    String describe(String file);

    record OnClassPath(ClassLoader loader, String base) implements PackFolder {
        @Override
        public InputStream open(String file) throws IOException {
            InputStream in = loader.getResourceAsStream(base + "/" + file);
            if (in == null) {
                throw new NoSuchFileException(describe(file));
            }
            return in;
        }

        @Override
        public Optional<Path> path(String file) {
            return Optional.empty();
        }

        @Override
        public String describe(String file) {
            return "class path: " + base + "/" + file;
        }
    }

    record OnDisk(Path base) implements PackFolder {
        @Override
        public InputStream open(String file) throws IOException {
            return Files.newInputStream(base.resolve(file));
        }

        @Override
        public Optional<Path> path(String file) {
            return Optional.of(base.resolve(file));
        }

        @Override
        public String describe(String file) {
            return base.resolve(file).toString();
        }
    }
}
