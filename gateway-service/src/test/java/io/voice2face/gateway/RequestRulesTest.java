package io.voice2face.gateway;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.voice2face.gateway.mesh.Client;
import io.voice2face.gateway.mesh.Mesh;
import io.voice2face.gateway.mesh.MeshServers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

@QuarkusTest
@QuarkusTestResource(MeshServers.class)
class RequestRulesTest {
    private static final int UPLOAD = 30_000_000;

    Mesh mesh;

    @BeforeEach
    void ready() {
        Ready.await();
    }

    @Test
    void tellsEverythingThatIsWrongAtOnce() {
        Client.guest()
                .call()
                .multiPart("voice", "empty.wav", new byte[0], "audio/wav")
                .multiPart("age", "7")
                .multiPart("gender", "cat")
                .multiPart("skinTone", "11")
                .multiPart("gifPreview", "maybe")
                .multiPart("template", "no-such")
                .post("/api/v1/requests")
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("type", equalTo("https://voice2face.example/problems/invalid_input"))
                .body("errors.field", hasItems("voice", "age", "gender", "skinTone", "gifPreview", "template"))
                .body("errors.reason", hasItems("empty", "out_of_range", "unknown_template"));
    }

    @Test
    void quotaIsToldWithItsNumbersAndFreedByDeleting() {
        Client person = Client.guest();
        UUID last = null;
        for (int i = 0; i < 10; i++) {
            last = person.submit();
        }
        person.form()
                .post("/api/v1/requests")
                .then()
                .statusCode(429)
                .body("reason", equalTo("quota_exceeded"))
                .body("limit", equalTo(10))
                .body("used", equalTo(10));
        person.call().get("/api/v1/users/me").then().body("quota.used", equalTo(10));
        person.call().delete("/api/v1/requests/" + last).then().statusCode(204);
        person.submit();
    }

    @Test
    void listIsPagedNewestFirst() {
        Client person = Client.guest();
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made.add(0, person.submit().toString());
        }
        Response first = person.call().get("/api/v1/requests?limit=2");
        Response second = person.call().get("/api/v1/requests?limit=2&cursor=" + first.path("next"));
        Response third = person.call().get("/api/v1/requests?limit=2&cursor=" + second.path("next"));
        third.then().body("next", nullValue()).body("items", hasSize(1));
        List<String> seen = new ArrayList<>();
        for (Response page : List.of(first, second, third)) {
            seen.addAll(page.path("items.id"));
        }
        assertThat(seen).isEqualTo(made);
        person.call().get("/api/v1/requests?cursor=nonsense").then().statusCode(400);
        person.call().get("/api/v1/requests?limit=0").then().statusCode(400);
    }

    @Test
    void oneKeyMakesOneRequest() throws Exception {
        Client person = Client.guest();
        String key = UUID.randomUUID().toString();
        ExecutorService callers = Executors.newFixedThreadPool(4);
        Set<String> ids = new HashSet<>();
        try {
            List<Callable<Response>> calls = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                calls.add(() -> person.form().header("Idempotency-Key", key).post("/api/v1/requests"));
            }
            for (Future<Response> call : callers.invokeAll(calls)) {
                assertThat(call.get().statusCode()).isEqualTo(202);
                ids.add(call.get().path("id"));
            }
        } finally {
            callers.shutdown();
        }
        assertThat(ids).hasSize(1);
        person.call().get("/api/v1/requests").then().body("items", hasSize(1));
        RequestSpecification anotherVoice = person.call()
                .multiPart("voice", "voice.wav", Client.voice("another"), "audio/wav")
                .multiPart("age", "30")
                .multiPart("gender", "female")
                .multiPart("template", "test-woman");
        for (RequestSpecification other : List.of(anotherVoice, person.form().multiPart("gifPreview", "true"))) {
            other.header("Idempotency-Key", key)
                    .post("/api/v1/requests")
                    .then()
                    .statusCode(422)
                    .body("reason", equalTo("idempotency_key_reused"));
        }
    }

    @Test
    void deletionsAtTheSameTimeDoNotDisturbOneAnother() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Client person = Client.guest();
                UUID id = person.submit();
                calls.add(() -> person.call().delete("/api/v1/requests/" + id).statusCode());
                Client leaving = Client.guest();
                calls.add(() -> leaving.call().delete("/api/v1/users/me").statusCode());
            }
            for (Future<Integer> call : callers.invokeAll(calls)) {
                assertThat(call.get()).isEqualTo(204);
            }
        } finally {
            callers.shutdown();
        }
    }

    @Test
    @Timeout(60)
    void anUploadInVainIsRefusedBeforeItIsSent() throws Exception {
        assertThat(answerTo("not a token", 0)).startsWith("HTTP/1.1 401");
        Client person = Client.guest();
        for (int i = 0; i < 10; i++) {
            person.submit();
        }
        assertThat(answerTo(person.token(), 0)).startsWith("HTTP/1.1 429");
    }

    @Test
    @Timeout(60)
    void whoSendsBeforeListeningHearsTheRefusalAsWell() throws Exception {
        // browsers do
        assertThat(answerTo("not a token", UPLOAD)).startsWith("HTTP/1.1 401");
    }

    /** Status line of what is answered to an upload of which so many bytes are sent. */
    private static String answerTo(String token, int sent) throws IOException {
        try (Socket socket = new Socket("localhost", RestAssured.port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(String.join(
                                    "\r\n",
                                    "POST /api/v1/requests HTTP/1.1",
                                    "Host: localhost",
                                    "Authorization: Bearer " + token,
                                    "Content-Type: multipart/form-data; boundary=x",
                                    "Content-Length: " + UPLOAD,
                                    "",
                                    "")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(new byte[sent]);
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
        }
    }

    @Test
    void aBodyOfUnsaidLengthIsCountedWhileItIsRead() throws Exception {
        byte[] longText = ("\"" + "x".repeat(1_000_000)).getBytes(StandardCharsets.US_ASCII);
        for (String path : List.of("/api/v1/tokens", "/api/v1/tokens/guest")) {
            HttpRequest chunked = HttpRequest.newBuilder(URI.create("http://localhost:" + RestAssured.port + path))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(longText)))
                    .build();
            HttpResponse<String> answer =
                    HttpClient.newHttpClient().send(chunked, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(path).isEqualTo(413);
            assertThat(answer.body()).as(path).contains("\"reason\":\"too_large\"");
        }
    }

    @Test
    void tooLargeVoiceIs413() {
        byte[] large = new byte[26_214_401];
        Client.guest()
                .call()
                .multiPart("voice", "voice.wav", large, "audio/wav")
                .multiPart("age", "30")
                .multiPart("gender", "female")
                .multiPart("template", "test-woman")
                .post("/api/v1/requests")
                .then()
                .statusCode(413)
                .body("limitBytes", equalTo(26_214_400));
    }

    @Test
    void twoVoicesNeverCross() throws Exception {
        List<Client> people = List.of(Client.guest(), Client.guest(), Client.guest());
        ExecutorService callers = Executors.newFixedThreadPool(3);
        try {
            List<Callable<String>> calls = new ArrayList<>();
            for (int i = 0; i < people.size(); i++) {
                Client person = people.get(i);
                String word = "voice-of-" + i;
                calls.add(() -> {
                    Response accepted = person.call()
                            .multiPart("voice", "../../etc/passwd", Client.voice(word), "audio/wav")
                            .multiPart("age", "40")
                            .multiPart("gender", "male")
                            .multiPart("template", "test-woman")
                            .post("/api/v1/requests");
                    String location = person.call()
                            .get((String) accepted.path("voice.url"))
                            .header("Location");
                    return RestAssured.given()
                            .urlEncodingEnabled(false)
                            .get(location)
                            .asString();
                });
            }
            List<Future<String>> bodies = callers.invokeAll(calls);
            for (int i = 0; i < bodies.size(); i++) {
                assertThat(bodies.get(i).get()).endsWith("voice-of-" + i);
            }
        } finally {
            callers.shutdown();
        }
    }
}
