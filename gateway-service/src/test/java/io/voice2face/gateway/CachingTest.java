package io.voice2face.gateway;

import java.util.List;
import java.util.UUID;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.voice2face.contracts.event.Stage;
import io.voice2face.contracts.event.VoiceSubmitted;
import io.voice2face.gateway.mesh.Client;
import io.voice2face.gateway.mesh.Mesh;
import io.voice2face.gateway.mesh.MeshServers;
import io.voice2face.gateway.mesh.Workers;

import static org.assertj.core.api.Assertions.assertThat;

@QuarkusTest
@QuarkusTestResource(MeshServers.class)
class CachingTest {
    Mesh mesh;
    private Workers workers;

    @BeforeEach
    void startWorkers() {
        workers = new Workers(mesh);
        Ready.await();
    }

    @AfterEach
    void stopWorkers() {
        workers.close();
    }

    @Test
    void whatHasNotChangedIsNotSentAgain() throws Exception {
        Client person = Client.guest();
        UUID id = person.submit();
        VoiceSubmitted job = workers.submitted(id, 1);
        String request = "/api/v1/requests/" + id;
        List<String> paths = List.of(
                "/api/v1/requests?limit=5", request, request + "/results/" + job.resultId(), "/api/v1/users/me");
        List<String> tags = paths.stream().map(path -> tagOf(person, path)).toList();
        for (int i = 0; i < paths.size(); i++) {
            Response unchanged =
                    person.call().header("If-None-Match", tags.get(i)).get(paths.get(i));
            unchanged.then().statusCode(304).header("ETag", tags.get(i));
            assertThat(unchanged.asByteArray()).isEmpty();
            assertThat(unchanged.header("Cache-Control")).isEqualTo("private, no-cache");
        }

        workers.reject(job, "no_speech", "No speech was found in the recording.");
        person.awaitState(id, "REJECTED");
        for (int i = 0; i < paths.size(); i++) {
            person.call()
                    .header("If-None-Match", "\"something-else\", " + tags.get(i))
                    .get(paths.get(i))
                    .then()
                    .statusCode(200);
            assertThat(tagOf(person, paths.get(i))).isNotEqualTo(tags.get(i));
        }
    }

    @Test
    void whatEveryoneMaySeeCanBeAskedForAgainCheaply() {
        for (String path : List.of("/api/v1/templates", "/api/v1/config")) {
            Response first = RestAssured.get(path);
            assertThat(first.header("Cache-Control")).isEqualTo("no-cache");
            RestAssured.given()
                    .header("If-None-Match", "W/" + first.header("ETag"))
                    .get(path)
                    .then()
                    .statusCode(304);
        }
    }

    @Test
    void whatIsAnothersIsNotToldByItsTag() {
        Client person = Client.guest();
        UUID id = person.submit();
        String tag = tagOf(person, "/api/v1/requests/" + id);
        Client.guest()
                .call()
                .header("If-None-Match", tag)
                .get("/api/v1/requests/" + id)
                .then()
                .statusCode(404);
    }

    @Test
    void nothingElseIsKept() throws Exception {
        Client person = Client.guest();
        UUID id = person.submit();
        workers.progress(workers.submitted(id, 1), Stage.ANALYSING, null, 0, 1);
        assertThat(person.call().post("/api/v1/requests/" + id + "/cancel").header("Cache-Control"))
                .isEqualTo("no-store");
        assertThat(person.call().get("/api/v1/webhooks").header("Cache-Control"))
                .isEqualTo("no-store");
        assertThat(RestAssured.get("/api/v1/users/me").header("Cache-Control")).isEqualTo("no-store");
        assertThat(Client.logIn("nobody@example.org", "not a password at all").header("Cache-Control"))
                .isEqualTo("no-store");
    }

    private static String tagOf(Client person, String path) {
        return person.call().get(path).then().statusCode(200).extract().header("ETag");
    }
}
