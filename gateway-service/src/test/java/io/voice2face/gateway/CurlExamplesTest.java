package io.voice2face.gateway;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.voice2face.gateway.mesh.Client;
import io.voice2face.gateway.mesh.Mesh;
import io.voice2face.gateway.mesh.MeshServers;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs the examples of this module's README as they stand. Needs a POSIX shell and curl. */
@QuarkusTest
@QuarkusTestResource(MeshServers.class)
class CurlExamplesTest {
    private static final Pattern EXAMPLES = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

    Mesh mesh;

    @BeforeEach
    void ready() {
        Ready.await();
    }

    @Test
    void theExamplesOfTheReadmeWork() throws Exception {
        Matcher examples = EXAMPLES.matcher(Files.readString(Path.of("README.md")));
        StringBuilder script = new StringBuilder("set -eu\n");
        while (examples.find()) {
            script.append(examples.group(1));
        }
        Path folder = Files.createTempDirectory(mesh.folder(), "curl");
        Path voice = Files.write(folder.resolve("voice.wav"), Client.VOICE);
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", script.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true);
        shell.environment().put("BASE", "http://localhost:" + RestAssured.port);
        shell.environment().put("VOICE", voice.toString());
        Process run = shell.start();
        String output = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(run.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(run.exitValue()).as(output).isZero();
        assertThat(folder.resolve("recording")).hasBinaryContent(Client.VOICE);
        assertThat(folder.resolve("export.zip")).isNotEmptyFile();
        assertThat(output).contains("event:state").contains("\"email\":\"someone@example.org\"");
    }
}
