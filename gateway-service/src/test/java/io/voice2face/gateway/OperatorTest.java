package io.voice2face.gateway;

import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.voice2face.contracts.event.VoiceSubmitted;
import io.voice2face.gateway.mesh.Client;
import io.voice2face.gateway.mesh.Mesh;
import io.voice2face.gateway.mesh.MeshServers;
import io.voice2face.gateway.mesh.Workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;

@QuarkusTest
@QuarkusTestResource(MeshServers.class)
class OperatorTest {
    Mesh mesh;
    private Workers workers;
    private Client operator;

    @BeforeEach
    void logIn() {
        workers = new Workers(mesh);
        Ready.await();
        operator = Client.loggedIn(MeshServers.OPERATOR, MeshServers.OPERATOR_PASSWORD);
    }

    @AfterEach
    void stopWorkers() {
        workers.close();
    }

    @Test
    void maintenanceTurnsClientsAwayAndHealthStaysTruthful() {
        Client person = Client.guest();
        turn(true);
        try {
            Response refused = person.call().get("/api/v1/requests");
            refused.then().statusCode(503).body("reason", equalTo("maintenance"));
            assertThat(refused.header("Retry-After")).isEqualTo("600");
            RestAssured.get("/api/v1/config").then().statusCode(200).body("maintenance", equalTo(true));
            RestAssured.get("/q/health/ready").then().statusCode(200);
        } finally {
            turn(false);
        }
        person.call().get("/api/v1/requests").then().statusCode(200);
    }

    @Test
    void aDeadLetterIsListedInspectedAndReplayed() {
        UUID key = UUID.randomUUID();
        workers.publish("job-failed", key.toString(), "{\"half\":".getBytes());
        assertThat(workers.read("job-failed-dlq", key, 1)).hasSize(1);
        Response letters = operator.call().get("/api/v1/admin/dead-letters/job-failed");
        letters.then().statusCode(200).body("key", hasItem(key.toString()));
        Map<String, Object> letter = letters.jsonPath().<Map<String, Object>>getList("").stream()
                .filter(found -> key.toString().equals(found.get("key")))
                .findFirst()
                .orElseThrow();
        assertThat(letter).containsEntry("kind", "poison").containsEntry("consumer", "gateway-service");
        String place = "/api/v1/admin/dead-letters/job-failed/" + letter.get("partition") + "/" + letter.get("offset");
        operator.call().get(place).then().statusCode(200).body("data", equalTo("{\"half\":"));
        operator.call().post(place + "/replay").then().statusCode(202);
        // it is as broken as before, and comes back as a second letter
        assertThat(workers.read("job-failed-dlq", key, 2)).hasSize(2);
        operator.call()
                .get("/api/v1/admin/dead-letters/job-failed/0/999999")
                .then()
                .statusCode(404);
        operator.call().get("/api/v1/admin/dead-letters/no-such").then().statusCode(404);
    }

    @Test
    void aRequestsHistoryIsShownWithoutItsMedia() throws Exception {
        Client person = Client.guest();
        UUID id = person.submit();
        VoiceSubmitted job = workers.submitted(id, 1);
        workers.finish(job);
        person.awaitState(id, "SUCCEEDED");
        Response history = operator.call().get("/api/v1/admin/requests/" + id + "/history");
        history.then()
                .statusCode(200)
                .body("results[0].state", equalTo("SUCCEEDED"))
                .body("told.what", hasItems("QUEUED", "SUCCEEDED"))
                .body("taken.topic", hasItems("face-generated", "video-swapped", "media-stored"));
        assertThat(history.asString()).doesNotContain("sha256").doesNotContain("voice.url");
    }

    @Test
    void retentionAndItsLastRunsAreShown() {
        operator.call()
                .get("/api/v1/admin/storage")
                .then()
                .statusCode(200)
                .body("jobs.job", hasItems("retention", "orphans", "audit"));
    }

    @Test
    void nobodyElseGetsIn() {
        for (String path : List.of("maintenance", "dead-letters/job-failed", "storage")) {
            Client.guest().call().get("/api/v1/admin/" + path).then().statusCode(403);
            RestAssured.get("/api/v1/admin/" + path).then().statusCode(401);
        }
    }

    private void turn(boolean on) {
        operator.call()
                .contentType("application/json")
                .body("{\"enabled\":" + on + "}")
                .put("/api/v1/admin/maintenance")
                .then()
                .statusCode(200);
    }
}
