package io.voice2face.inference;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.onnxruntime.OrtEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class OnnxRuntimeLibrariesTest {
    @TempDir
    Path root;

    @Test
    void librariesAreUnpackedOnceAndUsedAgain() throws IOException {
        Path first = OnnxRuntimeLibraries.unpack(root).orElseThrow();
        Path library = first.resolve(System.mapLibraryName("onnxruntime"));
        FileTime marked = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(library, marked);

        Path second = OnnxRuntimeLibraries.unpack(root).orElseThrow();

        assertThat(second).isEqualTo(first);
        assertThat(Files.getLastModifiedTime(library)).as("not written again").isEqualTo(marked);
        assertThat(names(first))
                .containsExactlyInAnyOrder(
                        System.mapLibraryName("onnxruntime"), System.mapLibraryName("onnxruntime4j_jni"));
    }

    @Test
    void aLibraryThatWasTamperedWithIsReplacedBeforeItIsLoaded() throws IOException {
        Path library =
                OnnxRuntimeLibraries.unpack(root).orElseThrow().resolve(System.mapLibraryName("onnxruntime4j_jni"));
        byte[] right = Files.readAllBytes(library);
        Files.write(library, new byte[] {1, 2, 3});

        OnnxRuntimeLibraries.unpack(root);

        assertThat(Files.readAllBytes(library)).isEqualTo(right);
    }

    @Test
    void theRuntimeLoadsThemFromThereAndLeavesNothingInTheTemporaryFolder() throws Exception {
        Path temporary = Files.createDirectories(root.resolve("tmp"));
        Path natives = root.resolve("natives");
        Process process = java(
                        "-Djava.io.tmpdir=" + temporary,
                        "-D" + OnnxRuntimeLibraries.FOLDER_PROPERTY + "=" + natives,
                        Killed.class.getName())
                .start();
        assertThat(process.waitFor()).as(Files.readString(root.resolve("out"))).isEqualTo(Killed.STATUS);

        assertThat(names(temporary)).isEmpty();
        assertThat(names(natives)).hasSize(1);
    }

    @Test
    void aSecondClassLoaderOfTheProcessCanLoadTheRuntimeToo() throws Exception {
        Process process = java(
                        "-Djava.io.tmpdir=" + Files.createDirectories(root.resolve("tmp")),
                        "-D" + OnnxRuntimeLibraries.FOLDER_PROPERTY + "=" + root.resolve("natives"),
                        Twice.class.getName())
                .start();
        assertThat(process.waitFor()).as(Files.readString(root.resolve("out"))).isZero();
    }

    /** Loads the runtime in two class loaders, as a test engine or a live reload does. */
    static final class Twice {
        public static void main(String[] arguments) throws Exception {
            OnnxRuntimeLibraries.environment();
            String[] entries = System.getProperty("java.class.path").split(File.pathSeparator);
            URL[] urls = new URL[entries.length];
            for (int i = 0; i < entries.length; i++) {
                urls[i] = new File(entries[i]).toURI().toURL();
            }
            try (URLClassLoader other = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
                Method environment =
                        other.loadClass(OnnxRuntimeLibraries.class.getName()).getDeclaredMethod("environment");
                environment.setAccessible(true);
                environment.invoke(null);
            }
        }
    }

    private ProcessBuilder java(String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder java = new ProcessBuilder(command);
        // ONNX Runtime 1.29 overflows the stack where the command line is long
        java.environment().put("CLASSPATH", classPath());
        return java.redirectErrorStream(true).redirectOutput(root.resolve("out").toFile());
    }

    /** Loads the runtime and dies without the hooks that clean up. */
    static final class Killed {
        static final int STATUS = 9;

        public static void main(String[] arguments) {
            OrtEnvironment environment = OnnxRuntimeLibraries.environment();
            Runtime.getRuntime().halt(environment.getVersion().isEmpty() ? 1 : STATUS);
        }
    }

    private static String classPath() {
        String surefire = System.getProperty("surefire.test.class.path");
        return surefire != null ? surefire : System.getProperty("java.class.path");
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }
}
