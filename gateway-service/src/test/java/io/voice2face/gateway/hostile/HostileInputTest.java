package io.voice2face.gateway.hostile;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.voice2face.gateway.Ready;
import io.voice2face.gateway.mesh.Client;
import io.voice2face.gateway.mesh.Mesh;
import io.voice2face.gateway.mesh.MeshServers;
import io.voice2face.hostile.Bait;
import io.voice2face.hostile.HostileCorpus;
import io.voice2face.hostile.RawHttp;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sends the whole corpus to the gateway. What is media is accepted here and judged by the workers, which deploy/local's
 * PublicApiIT waits for; what is not media must be refused at once.
 */
@QuarkusTest
@QuarkusTestResource(MeshServers.class)
class HostileInputTest {
    Mesh mesh;

    @BeforeEach
    void ready() {
        Ready.await();
    }

    @Test
    void nothingOfTheCorpusBreaksTheGateway() throws IOException {
        RawHttp http = new RawHttp(URI.create("http://localhost:" + RestAssured.port));
        Bait bait = new Bait(URI.create("http://127.0.0.1:9"), URI.create("file:///etc/passwd"), "hostile-was-here");
        List<HostileCorpus.Case> cases =
                new HostileCorpus(Client.guest().token(), "test-woman", Client.VOICE, bait).make();
        assertThat(cases).hasSizeGreaterThanOrEqualTo(150);
        List<String> broken = new ArrayList<>();
        for (HostileCorpus.Case each : cases) {
            RawHttp.Answer answer = http.send(each.request());
            // the guest's quota is soon used up: 429 is an answer as well
            boolean accepted = each.media() && answer.status() == 202;
            boolean refused = answer.status() >= 400 && answer.status() < 500;
            // a connection that speaks no HTTP may be closed
            boolean closed = answer.status() == 0 && each.name().startsWith("http:");
            boolean notImplemented = answer.status() == 501 && each.name().startsWith("http:");
            // the gateway of these tests may call private addresses; deploy/local's may not
            boolean privateWebhook = answer.status() == 201 && each.name().startsWith("webhook");
            if (!accepted && !refused && !closed && !notImplemented && !privateWebhook) {
                broken.add(each.name() + " → " + answer.status() + " " + answer.body());
            }
            if (refused && !answer.body().isEmpty() && !answer.body().contains("\"reason\"")) {
                broken.add(each.name() + " → " + answer.status() + " without a reason: " + answer.body());
            }
        }
        assertThat(broken).isEmpty();
        RestAssured.get("/q/health/ready").then().statusCode(200);
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            try (Stream<Path> spooled = Files.list(mesh.folder().resolve("work/transfers"))) {
                assertThat(spooled).isEmpty();
            }
        });
    }

    @Test
    void aSlowUploadKeepsNobodyElseWaiting() throws IOException {
        try (Socket slow = new Socket("localhost", RestAssured.port)) {
            slow.getOutputStream()
                    .write(("POST /api/v1/requests HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                                    + Client.guest().token()
                                    + "\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n\r\n--b\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            slow.getOutputStream().flush();
            Client.guest().submit();
        }
    }
}
