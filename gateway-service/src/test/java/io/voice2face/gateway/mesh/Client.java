package io.voice2face.gateway.mesh;

import java.time.Duration;
import java.util.UUID;

import org.awaitility.Awaitility;

import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;

/** A person at the API. */
public final class Client {
    /** Bytes that begin like a WAV file. */
    public static final byte[] VOICE = voice("one");

    private final String token;

    private Client(String token) {
        this.token = token;
    }

    /** Someone who just tries. */
    public static Client guest() {
        return new Client(RestAssured.given()
                .post("/api/v1/tokens/guest")
                .then()
                .statusCode(200)
                .extract()
                .path("accessToken"));
    }

    /** Someone who signs up with this e-mail. */
    public static Client signedUp(String email, String password) {
        RestAssured.given()
                .contentType("application/json")
                .body(
                        """
                        {"email":"%s","password":"%s","age":30,"gender":"female","consent":{"version":"2026-11"}}
                        """
                                .formatted(email, password))
                .post("/api/v1/users")
                .then()
                .statusCode(202);
        return loggedIn(email, password);
    }

    /** Someone who logs in. */
    public static Client loggedIn(String email, String password) {
        return new Client(
                logIn(email, password).then().statusCode(200).extract().path("accessToken"));
    }

    /** Tries to log in. */
    public static Response logIn(String email, String password) {
        return RestAssured.given()
                .contentType("application/json")
                .body("{\"email\":\"%s\",\"password\":\"%s\"}".formatted(email, password))
                .post("/api/v1/tokens");
    }

    /** Someone with this token. */
    public static Client with(String token) {
        return new Client(token);
    }

    public String token() {
        return token;
    }

    /** A call with the person's token. */
    public RequestSpecification call() {
        return RestAssured.given()
                .header("Authorization", "Bearer " + token)
                .redirects()
                .follow(false);
    }

    /** A good form. */
    public RequestSpecification form() {
        return call().multiPart("voice", "voice.wav", VOICE, "audio/wav")
                .multiPart("age", "30")
                .multiPart("gender", "female")
                .multiPart("template", "test-woman");
    }

    /** Sends a good request. */
    public UUID submit() {
        return submit(form());
    }

    /** Sends a form that is taken. */
    public UUID submit(RequestSpecification form) {
        String id =
                form.post("/api/v1/requests").then().statusCode(202).extract().path("id");
        return UUID.fromString(id);
    }

    /** The request as it is now. */
    public Response request(UUID id) {
        return call().get("/api/v1/requests/" + id);
    }

    /** Waits until a request is in a state. */
    public void awaitState(UUID id, String state) {
        Awaitility.await("request " + id + " " + state)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> state.equals(request(id).path("state")));
    }

    /** Bytes that begin like a WAV file and go on with a word. */
    public static byte[] voice(String word) {
        return ("RIFF\0\0\0\0WAVEfmt " + word).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    }
}
