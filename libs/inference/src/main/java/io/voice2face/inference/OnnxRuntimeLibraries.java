package io.voice2face.inference;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import org.jboss.logging.Logger;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;

/**
 * Where ONNX Runtime's native libraries lie. By itself it unpacks them into a new folder of the temporary directory each
 * time, and a killed process leaves 30 MB there. Here they are unpacked once, into a folder that is named by their content
 * and used again: {@code v2f.natives}, by default {@code ~/.cache/voice2face}. What lies there already is compared byte
 * for byte before it is loaded. Where that folder cannot be written, or the operator has set
 * {@code onnxruntime.native.path}, ONNX Runtime does as it always does.
 */
final class OnnxRuntimeLibraries {
    static final String FOLDER_PROPERTY = "v2f.natives";

    /** Set once a class loader of this process has loaded the libraries from their folder. */
    private static final String LOADED_PROPERTY = FOLDER_PROPERTY + ".loaded";

    private static final String PATH_PROPERTY = "onnxruntime.native.path";
    private static final Logger LOG = Logger.getLogger(OnnxRuntimeLibraries.class);
    /** What Java loads. */
    private static final List<String> NEEDED = List.of("onnxruntime", "onnxruntime4j_jni");
    /** What the CUDA build has besides; ONNX Runtime looks for it beside its own library. */
    private static final List<String> PROVIDERS = List.of("onnxruntime_providers_shared", "onnxruntime_providers_cuda");

    private static final String NO_TELEMETRY = "ORT_DISABLE_TELEMETRY";
    private static final String TEMPORARY = "onnxruntime-java";
    private static final int BLOCK = 1 << 16;

    private OnnxRuntimeLibraries() {}

    /** ONNX Runtime's environment, its libraries unpacked beforehand. */
    static OrtEnvironment environment() {
        return Loaded.ENVIRONMENT;
    }

    /**
     * ONNX Runtime 1.29 tells its maker over the network what it runs unless the process's environment forbids it, which must be
     * so before the library is loaded; what can be done afterwards is done here.
     */
    private static OrtEnvironment load() {
        OrtEnvironment environment = loaded();
        if (!"1".equals(System.getenv(NO_TELEMETRY))) {
            LOG.warnf(
                    "ONNX Runtime may report to its maker that it was started: set %s=1 in the environment",
                    NO_TELEMETRY);
        }
        try {
            environment.setTelemetry(false);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime's reports to its maker cannot be turned off", e);
        }
        return environment;
    }

    private static OrtEnvironment loaded() {
        if (System.getProperty(PATH_PROPERTY) != null) {
            return OrtEnvironment.getEnvironment();
        }
        String home =
                Path.of(System.getProperty("user.home"), ".cache", "voice2face").toString();
        Path root = Path.of(System.getProperty(FOLDER_PROPERTY, home));
        try {
            Optional<Path> folder = unpack(root);
            // one file can be loaded by one class loader of a process: further ones (tests, live reload) take copies
            if (folder.isPresent()
                    && System.getProperties()
                                    .putIfAbsent(LOADED_PROPERTY, folder.get().toString())
                            == null) {
                System.setProperty(PATH_PROPERTY, folder.get().toString());
                try {
                    return withoutTemporaryFolder();
                } finally {
                    System.clearProperty(PATH_PROPERTY);
                }
            }
        } catch (IOException e) {
            LOG.infof("ONNX Runtime unpacks its libraries into the temporary folder: %s cannot be used (%s)", root, e);
        }
        return OrtEnvironment.getEnvironment();
    }

    /** ONNX Runtime makes a folder for libraries even where it unpacks none; only an exit in good order would remove it. */
    private static OrtEnvironment withoutTemporaryFolder() throws IOException {
        Set<Path> before = temporaryFolders();
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        for (Path made : temporaryFolders()) {
            if (!before.contains(made)) {
                try {
                    Files.delete(made);
                } catch (DirectoryNotEmptyException | NoSuchFileException e) {
                    LOG.debugf("%s is not ours", made);
                }
            }
        }
        return environment;
    }

    private static Set<Path> temporaryFolders() throws IOException {
        try (DirectoryStream<Path> found =
                Files.newDirectoryStream(Path.of(System.getProperty("java.io.tmpdir")), TEMPORARY + "*")) {
            Set<Path> folders = new HashSet<>();
            found.forEach(folders::add);
            return folders;
        }
    }

    /**
     * Unpacks the libraries below {@code root}, unless the same bytes are there already.
     *
     * @return the folder, or nothing where this build has no libraries for the platform
     */
    static Optional<Path> unpack(Path root) throws IOException {
        Optional<String> digest = digest();
        if (digest.isEmpty()) {
            return Optional.empty();
        }
        Path folder = Files.createDirectories(root.resolve("onnxruntime-" + digest.get()));
        for (String name : Stream.concat(NEEDED.stream(), PROVIDERS.stream()).toList()) {
            if (OrtEnvironment.class.getResource(resource(name)) != null) {
                Path file = folder.resolve(System.mapLibraryName(name));
                if (!Files.exists(file) || !holds(file, name)) {
                    write(file, name);
                }
            }
        }
        return Optional.of(folder);
    }

    private static boolean holds(Path file, String name) throws IOException {
        try (InputStream wanted = OrtEnvironment.class.getResourceAsStream(resource(name));
                InputStream found = Files.newInputStream(file)) {
            byte[] block = new byte[BLOCK];
            while (true) {
                int length = wanted.readNBytes(block, 0, BLOCK);
                if (!Arrays.equals(Arrays.copyOf(block, length), found.readNBytes(BLOCK))) {
                    return false;
                }
                if (length < BLOCK) {
                    return true;
                }
            }
        }
    }

    /** Another process may do the same at this moment: a file is whole or not there. */
    private static void write(Path file, String name) throws IOException {
        Path part = Files.createTempFile(file.getParent(), "part", "");
        try (InputStream in = OrtEnvironment.class.getResourceAsStream(resource(name))) {
            Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
            try {
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static Optional<String> digest() throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String name : NEEDED) {
                try (InputStream in = OrtEnvironment.class.getResourceAsStream(resource(name))) {
                    if (in == null) {
                        return Optional.empty();
                    }
                    in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
                }
            }
            return Optional.of(HexFormat.of().formatHex(digest.digest(), 0, 8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String resource(String name) {
        return "/ai/onnxruntime/native/" + platform() + "/" + System.mapLibraryName(name);
    }

    /** Loads once for the process. */
    private static final class Loaded {
        static final OrtEnvironment ENVIRONMENT = load();
    }

    private static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String system = os.contains("win") ? "win" : os.contains("mac") ? "osx" : "linux";
        return system + (arch.contains("aarch64") || arch.contains("arm64") ? "-aarch64" : "-x64");
    }
}
