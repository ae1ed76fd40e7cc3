package io.voice2face.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.voice2face.gateway.mesh.Client;
import io.voice2face.gateway.mesh.Mesh;
import io.voice2face.gateway.mesh.MeshServers;
import io.voice2face.gateway.mesh.Workers;

import static org.assertj.core.api.Assertions.assertThat;

/** Walks every operation of the OpenAPI document: what is added later is walked as well. */
@QuarkusTest
@QuarkusTestResource(MeshServers.class)
class IsolationTest {
    private static final List<String> OPEN = List.of(
            "GET /api/v1/config",
            "GET /api/v1/templates",
            "GET /api/v1/templates/{id}/clip.mp4",
            "GET /api/v1/templates/{id}/poster.jpg",
            "POST /api/v1/tokens",
            "POST /api/v1/tokens/guest",
            "DELETE /api/v1/tokens/current",
            "POST /api/v1/users",
            "GET /api/v1/shared/{token}",
            "GET /api/v1/shared/{token}/{variant}/{file}");

    Mesh mesh;
    private Workers workers;
    private Client owner;
    private UUID id;
    private String resultId;
    private String shareId;
    private String webhookId;

    @BeforeEach
    void makeSomethingWorthProtecting() throws Exception {
        workers = new Workers(mesh);
        Ready.await();
        owner = Client.guest();
        id = owner.submit();
        workers.finish(workers.submitted(id, 1));
        owner.awaitState(id, "SUCCEEDED");
        resultId = owner.request(id).path("latestResultId");
        shareId = owner.call()
                .contentType("application/json")
                .body("{}")
                .post("/api/v1/requests/" + id + "/results/" + resultId + "/share")
                .path("id");
        webhookId = owner.call()
                .contentType("application/json")
                .body("{\"url\":\"http://127.0.0.1:9/none\"}")
                .post("/api/v1/webhooks")
                .path("id");
    }

    @AfterEach
    void stopWorkers() {
        workers.close();
    }

    @Test
    void withoutATokenEverythingIs401AndWithAnothers404() {
        String before = owner.request(id).asString();
        Client stranger = Client.guest();
        List<String> leaks = new ArrayList<>();
        int walked = 0;
        for (String operation : operations()) {
            if (OPEN.contains(operation)) {
                continue;
            }
            walked++;
            int anonymous = call(RestAssured.given(), operation).statusCode();
            if (anonymous != 401) {
                leaks.add(operation + " without a token: " + anonymous);
            }
            if (operation.contains("{") || operation.contains("/admin")) {
                int foreign = call(stranger.call(), operation).statusCode();
                int expected = operation.contains("/admin") ? 403 : 404;
                if (foreign != expected) {
                    leaks.add(operation + " of another: " + foreign);
                }
            }
        }
        assertThat(leaks).isEmpty();
        assertThat(walked).isGreaterThan(30);
        assertThat(owner.request(id).asString()).isEqualTo(before);
        assertThat(owner.call().get("/api/v1/webhooks").<List<String>>path("id"))
                .containsExactly(webhookId);
        assertThat(owner.call()
                        .get("/api/v1/requests/" + id + "/results/" + resultId + "/share")
                        .<List<String>>path("id"))
                .containsExactly(shareId);
    }

    @Test
    void tokensOfNobodyAreRefused() {
        String token = owner.token();
        String[] parts = token.split("\\.");
        List<String> forged = List.of(
                "nonsense",
                parts[0] + "." + parts[1] + ".",
                parts[0] + "." + parts[1] + "." + parts[2].substring(2) + "AA",
                // {"alg":"none"}
                "eyJhbGciOiJub25lIn0." + parts[1] + ".",
                // {"alg":"RS256","kid":"../../etc/passwd"}
                "eyJhbGciOiJSUzI1NiIsImtpZCI6Ii4uLy4uL2V0Yy9wYXNzd2QifQ." + parts[1] + "." + parts[2]);
        for (String each : forged) {
            RestAssured.given()
                    .header("Authorization", "Bearer " + each)
                    .get("/api/v1/users/me")
                    .then()
                    .statusCode(401);
        }
    }

    @Test
    void foreignPagesGetNoCorsHeadersAndAnswersCarrySecurityHeaders() {
        Response answer = RestAssured.given()
                .header("Origin", "https://evil.example")
                .header("Access-Control-Request-Method", "DELETE")
                .options("/api/v1/users/me");
        assertThat(answer.header("Access-Control-Allow-Origin")).isNull();
        Response plain = owner.request(id);
        assertThat(plain.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(plain.header("Referrer-Policy")).isNotNull();
    }

    private List<String> operations() {
        Map<String, Map<String, Object>> paths = RestAssured.given()
                .accept("application/json")
                .get("/openapi?format=json")
                .jsonPath()
                .getMap("paths");
        List<String> operations = new ArrayList<>();
        paths.forEach((path, methods) -> methods.keySet().stream()
                .filter(method ->
                        List.of("get", "put", "post", "patch", "delete").contains(method))
                .forEach(method -> operations.add(method.toUpperCase(Locale.ROOT) + " " + path)));
        return operations;
    }

    private Response call(RequestSpecification call, String operation) {
        String method = operation.substring(0, operation.indexOf(' '));
        String path = operation
                .substring(operation.indexOf(' ') + 1)
                .replace("/webhooks/{id}", "/webhooks/" + webhookId)
                .replace("{deliveryId}", UUID.randomUUID().toString())
                .replace("{shareId}", shareId)
                .replace("{resultId}", resultId)
                .replace("{id}", id.toString())
                .replace("{variant}", "voice")
                .replace("{file}", "face.png")
                .replace("{topic}", "job-failed")
                .replace("{partition}", "0")
                .replace("{offset}", "0")
                .replace("{job}", "audit");
        if (method.equals("PUT") || method.equals("PATCH") || (method.equals("POST") && !isUpload(path))) {
            call.contentType("application/json").body(body(path));
        }
        if (isUpload(path) && method.equals("POST")) {
            call.multiPart("age", "30");
        }
        return call.redirects().follow(false).request(method, path);
    }

    private static boolean isUpload(String path) {
        return path.equals("/api/v1/requests");
    }

    private static String body(String path) {
        if (path.endsWith("/rating")) {
            return "{\"stars\":1}";
        }
        if (path.endsWith("/survey")) {
            return """
                    {"snsTime":"none","reasons":["other"],"voiceToFaceRating":5,"faceToClipRating":5,"moreClips":false,
                     "waitingTimeRating":5,"recommend":true}
                    """;
        }
        if (path.endsWith("/maintenance")) {
            return "{\"enabled\":true}";
        }
        if (path.endsWith("/webhooks")) {
            return "{\"url\":\"https://example.org\"}";
        }
        if (path.endsWith("/password")) {
            return "{\"currentPassword\":\"irrelevant one\",\"newPassword\":\"irrelevant two\"}";
        }
        return "{}";
    }
}
