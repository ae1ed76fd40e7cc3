package io.voice2face.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * Who PostgreSQL runs as: it refuses to run as root. An ordinary user runs it as is; root runs it in a user namespace
 * of its own, and where those are not allowed as {@code nobody} on folders that are made over to it.
 */
sealed interface PostgresAccount {

    /** Words that go before the command. */
    List<String> prefix();

    /** Folder to keep data in that were asked for in another. */
    default Path dataFolder(Path wished) {
        return wished;
    }

    /** Folder that the programs are unpacked in. */
    default Path binariesCache() {
        return PostgresBinaries.defaultCache();
    }

    /** Makes a folder over to the account. */
    default void own(Path folder) throws IOException {}

    /** The caller's own account. */
    record Own() implements PostgresAccount {
        @Override
        public List<String> prefix() {
            return List.of();
        }
    }

    /** Root in a user namespace without a mapping: to PostgreSQL it looks like nobody, its files stay root's. */
    record Namespace() implements PostgresAccount {
        @Override
        public List<String> prefix() {
            return List.of("unshare", "--user", "--");
        }
    }

    /** Another user; needs folders that this user can reach, and /root is none. */
    record Nobody() implements PostgresAccount {
        private static final String ID = "65534";
        private static final Path BASE = Paths.get("/var/tmp/voice2face-postgres");

        @Override
        public List<String> prefix() {
            return List.of("setpriv", "--reuid=" + ID, "--regid=" + ID, "--clear-groups", "--");
        }

        @Override
        public Path dataFolder(Path wished) {
            UUID name = UUID.nameUUIDFromBytes(wished.toString().getBytes(StandardCharsets.UTF_8));
            return BASE.resolve(name.toString());
        }

        @Override
        public Path binariesCache() {
            return BASE;
        }

        @Override
        public void own(Path folder) throws IOException {
            int status;
            try {
                status = new ProcessBuilder("chown", "-R", ID + ":" + ID, folder.toString())
                        .inheritIO()
                        .start()
                        .waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while making " + folder + " over", e);
            }
            if (status != 0) {
                throw new IOException("chown of " + folder + " ended with " + status);
            }
        }
    }

    /** The first account that works here. */
    static PostgresAccount choose() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        if (!os.contains("linux") || !isRoot()) {
            return new Own();
        }
        for (PostgresAccount account : List.of(new Namespace(), new Nobody())) {
            if (works(account)) {
                return account;
            }
        }
        throw new EmbeddedServerException(
                "PostgreSQL does not run as root, and neither unshare nor setpriv works here: run as an ordinary user.");
    }

    private static boolean isRoot() {
        try {
            return Integer.valueOf(0)
                    .equals(Files.getAttribute(Paths.get("/proc/self"), "unix:uid", LinkOption.NOFOLLOW_LINKS));
        } catch (IOException | UnsupportedOperationException e) {
            return "root".equals(System.getProperty("user.name"));
        }
    }

    private static boolean works(PostgresAccount account) {
        List<String> command = new ArrayList<>(account.prefix());
        command.add("true");
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
