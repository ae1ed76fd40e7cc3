package io.voice2face.gateway;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.Header;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.voice2face.embedded.EmbeddedPostgres;
import io.voice2face.gateway.mesh.Client;
import io.voice2face.gateway.mesh.Mesh;
import io.voice2face.gateway.mesh.MeshServers;
import io.voice2face.gateway.mesh.Workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

@QuarkusTest
@QuarkusTestResource(MeshServers.class)
class AccountTest {
    private static final String PASSWORD = "correct horse battery";
    private static final Executor AT_ONCE = task -> new Thread(task).start();

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
    void aGuestBecomesAnAccountWithItsRequests() {
        Client guest = Client.guest();
        UUID id = guest.submit();
        String email = email();
        guest.call()
                .contentType("application/json")
                .body("{\"email\":\"%s\",\"password\":\"%s\",\"consent\":{\"version\":\"2026-11\"}}"
                        .formatted(email.toUpperCase(), PASSWORD))
                .post("/api/v1/users")
                .then()
                .statusCode(202);
        guest.call()
                .get("/api/v1/users/me")
                .then()
                .body("guest", equalTo(false))
                .body("email", equalTo(email))
                .body("consent.version", equalTo("2026-11"));
        Client.loggedIn(email, PASSWORD).request(id).then().statusCode(200);
    }

    @Test
    void signUpNeedsConsentToTheTermsOfToday() {
        RestAssured.given()
                .contentType("application/json")
                .body("{\"email\":\"%s\",\"password\":\"%s\"}".formatted(email(), PASSWORD))
                .post("/api/v1/users")
                .then()
                .statusCode(400)
                .body("errors[0].field", equalTo("consent"));
        RestAssured.given()
                .contentType("application/json")
                .body("{\"email\":\"%s\",\"password\":\"%s\",\"consent\":{\"version\":\"1999\"}}"
                        .formatted(email(), PASSWORD))
                .post("/api/v1/users")
                .then()
                .statusCode(400)
                .body("errors[0].reason", equalTo("outdated"));
    }

    @Test
    void unknownEmailAndWrongPasswordAnswerAlike() {
        String email = email();
        Client.signedUp(email, PASSWORD);
        Response wrong = Client.logIn(email, "not the password");
        Response unknown = Client.logIn(email(), "not the password");
        assertThat(wrong.statusCode()).isEqualTo(401).isEqualTo(unknown.statusCode());
        assertThat(wrong.asString()).isEqualTo(unknown.asString());
    }

    @Test
    void logInIsThrottledForAnEmail() {
        String email = email();
        Client.signedUp(email, PASSWORD);
        for (int i = 0; i < 4; i++) {
            Client.logIn(email, "guess number " + i).then().statusCode(401);
        }
        Response refused = Client.logIn(email, PASSWORD);
        refused.then().statusCode(429).body("reason", equalTo("too_many_attempts"));
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isPositive();
    }

    @Test
    void guessesAtTheSameTimeAreNoMoreThanOneAfterTheOther() {
        String email = email();
        Client.signedUp(email, PASSWORD);
        List<CompletableFuture<Integer>> guesses = IntStream.range(0, 24)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> Client.logIn(email, "guess number " + i).statusCode(), AT_ONCE))
                .toList();
        assertThat(guesses)
                .extracting(CompletableFuture::join)
                .containsOnly(401, 429)
                .filteredOn(status -> status == 401)
                .hasSizeLessThanOrEqualTo(4);
    }

    @Test
    void whoLogsInAgainAndAgainIsNotThrottled() {
        String email = email();
        Client.signedUp(email, PASSWORD);
        for (int i = 0; i < 12; i++) {
            Client.logIn(email, PASSWORD).then().statusCode(200);
        }
    }

    @Test
    void aNewPasswordEndsEveryTokenBefore() {
        String email = email();
        Client person = Client.signedUp(email, PASSWORD);
        person.call()
                .contentType("application/json")
                .body("{\"currentPassword\":\"wrong one here\",\"newPassword\":\"another long password\"}")
                .post("/api/v1/users/me/password")
                .then()
                .statusCode(403);
        person.call()
                .contentType("application/json")
                .body("{\"currentPassword\":\"%s\",\"newPassword\":\"another long password\"}".formatted(PASSWORD))
                .post("/api/v1/users/me/password")
                .then()
                .statusCode(204);
        person.call().get("/api/v1/users/me").then().statusCode(401);
        Client.logIn(email, PASSWORD).then().statusCode(401);
        Client.loggedIn(email, "another long password");
    }

    @Test
    void profileChangesInPart() {
        Client person = Client.signedUp(email(), PASSWORD);
        person.call()
                .contentType("application/json")
                .body("{\"age\":44}")
                .patch("/api/v1/users/me")
                .then()
                .statusCode(200)
                .body("age", equalTo(44))
                .body("gender", equalTo("female"));
        person.call()
                .contentType("application/json")
                .body("{\"age\":17}")
                .patch("/api/v1/users/me")
                .then()
                .statusCode(400);
    }

    @Test
    void thePageHasACookieThatScriptsCannotReadAndStrangersCannotUse() {
        Response opened = RestAssured.given().header("X-V2F-Client", "web").post("/api/v1/tokens/guest");
        opened.then().statusCode(200).body("accessToken", nullValue()).body("user.guest", equalTo(true));
        assertThat(opened.header("Set-Cookie")).contains("v2f_session=", "HttpOnly", "SameSite=Strict");
        String session = opened.cookie("v2f_session");
        RestAssured.given()
                .cookie("v2f_session", session)
                .get("/api/v1/users/me")
                .then()
                .statusCode(200);
        RestAssured.given()
                .cookie("v2f_session", session)
                .delete("/api/v1/users/me")
                .then()
                .statusCode(403)
                .body("reason", equalTo("not_from_page"));
        RestAssured.given()
                .cookie("v2f_session", session)
                .header("X-V2F-Client", "web")
                .delete("/api/v1/users/me")
                .then()
                .statusCode(204);
        RestAssured.given()
                .cookie("v2f_session", session)
                .get("/api/v1/users/me")
                .then()
                .statusCode(401);
    }

    @Test
    void exportHasEverything() throws Exception {
        Client person = Client.signedUp(email(), PASSWORD);
        UUID id = person.submit(person.form().multiPart("gifPreview", "true"));
        workers.finish(workers.submitted(id, 1));
        person.awaitState(id, "SUCCEEDED");
        byte[] zip = person.call()
                .get("/api/v1/users/me/export")
                .then()
                .statusCode(200)
                .contentType("application/zip")
                .extract()
                .asByteArray();
        List<String> names = new ArrayList<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                names.add(entry.getName());
                assertThat(in.readAllBytes()).isNotEmpty();
            }
        }
        String folder = "requests/" + id + "/";
        assertThat(names)
                .contains("account.json", "requests.json", folder + "voice.wav")
                .contains(folder + "result-1/voice/face.png", folder + "result-1/condition/clip.mp4")
                .contains(folder + "result-1/voice/clip.gif")
                .hasSize(11);
    }

    @Test
    void deletingAnAccountLeavesNothingOfThePerson() throws Exception {
        String email = email();
        Client person = Client.signedUp(email, PASSWORD);
        String account = person.call().get("/api/v1/users/me").path("id");
        String word = "spoken-" + UUID.randomUUID();
        UUID id = UUID.fromString(person.call()
                .multiPart("voice", word + ".wav", Client.voice(word), "audio/wav")
                .multiPart("age", "30")
                .multiPart("gender", "female")
                .multiPart("template", "test-woman")
                .multiPart("gifPreview", "true")
                .post("/api/v1/requests")
                .path("id"));
        workers.finish(workers.submitted(id, 1));
        person.awaitState(id, "SUCCEEDED");
        assertThat(filesOf(id)).isNotEmpty();
        assertThat(filesWith(word)).as("the voice is found while it is kept").isNotEmpty();
        assertThat(rowsWith(EmbeddedPostgres.STORAGE, id.toString())).contains("stored_object");

        person.call().delete("/api/v1/users/me").then().statusCode(204);
        person.call().get("/api/v1/users/me").then().statusCode(401);
        Client.logIn(email, PASSWORD).then().statusCode(401);
        assertThat(workers.read("request-erased", id, 1)).hasSize(1);
        Awaitility.await("objects of " + id).atMost(Duration.ofSeconds(60)).until(() -> filesOf(id)
                .isEmpty());
        for (String trace : List.of(account, email, id.toString())) {
            assertThat(rowsWith(EmbeddedPostgres.GATEWAY, trace)).as(trace).isEmpty();
        }
        for (String trace : List.of(account, email, word)) {
            assertThat(rowsWith(EmbeddedPostgres.STORAGE, trace)).as(trace).isEmpty();
            assertThat(filesWith(trace)).as(trace).isEmpty();
        }
        // that the request was erased is remembered, so that nothing of it that arrives late is kept
        assertThat(rowsWith(EmbeddedPostgres.STORAGE, id.toString())).containsExactly("erased_request");
        assertThat(workers.topics()).contains("voice-submitted", "job-progressed", "voice-submitted-dlq");
        for (String trace : List.of(account, email, word)) {
            assertThat(workers.topicsWith(trace)).as(trace).isEmpty();
        }
    }

    @Test
    void signUpDoesNotTellWhetherAnEmailIsTaken() {
        String email = email();
        Client first = Client.signedUp(email, PASSWORD);
        UUID id = first.submit();

        Response free = signUp(RestAssured.given(), email(), "the stranger's password");
        Response taken = signUp(RestAssured.given(), email, "the stranger's password");

        assertThat(free.statusCode()).isEqualTo(202).isEqualTo(taken.statusCode());
        assertThat(taken.asString()).isEqualTo(free.asString()).isEmpty();
        assertThat(namesOfHeaders(taken)).isEqualTo(namesOfHeaders(free));
        // nothing was changed, and the stranger is no further than with any wrong password
        Client.logIn(email, "the stranger's password")
                .then()
                .statusCode(401)
                .body("reason", equalTo("wrong_credentials"));
        Client.loggedIn(email, PASSWORD).request(id).then().statusCode(200);
    }

    @Test
    void aGuestWhoNamesATakenEmailStaysAGuest() {
        String email = email();
        Client.signedUp(email, PASSWORD);
        Client guest = Client.guest();
        UUID id = guest.submit();
        signUp(guest.call(), email, "the guest's password").then().statusCode(202);
        guest.call().get("/api/v1/users/me").then().body("guest", equalTo(true)).body("email", nullValue());
        guest.request(id).then().statusCode(200);
        Client.loggedIn(email, PASSWORD).request(id).then().statusCode(404);
    }

    @Test
    void askingForAnEmailAgainAndAgainIsThrottledAlike() {
        String taken = email();
        Client.signedUp(taken, PASSWORD);
        String free = email();
        for (String email : List.of(taken, free)) {
            List<Integer> answers = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                answers.add(
                        signUp(RestAssured.given(), email, "guess number " + i).statusCode());
            }
            // the first that asked for the taken one was its owner
            assertThat(answers).endsWith(429).startsWith(202, 202, 202);
        }
    }

    private static Response signUp(RequestSpecification call, String email, String password) {
        return call.contentType("application/json")
                .body("{\"email\":\"%s\",\"password\":\"%s\",\"consent\":{\"version\":\"2026-11\"}}"
                        .formatted(email, password))
                .post("/api/v1/users");
    }

    private static List<String> namesOfHeaders(Response response) {
        return response.headers().asList().stream()
                .map(Header::getName)
                .sorted()
                .toList();
    }

    @Test
    void requestsOfANewPersonAreNone() {
        Client.guest().call().get("/api/v1/requests").then().body("items", hasSize(0));
    }

    private static String email() {
        return "person-" + UUID.randomUUID() + "@example.org";
    }

    private List<Path> filesOf(UUID id) throws IOException {
        return storedFiles().stream()
                .filter(file -> file.toString().contains(id.toString()))
                .toList();
    }

    /** Objects whose bytes have the text. */
    private List<Path> filesWith(String text) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path file : storedFiles()) {
            try {
                if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
                    found.add(file);
                }
            } catch (NoSuchFileException e) {
                // deleted since it was listed
            }
        }
        return found;
    }

    /** What is there when it is looked at: S3 deletes files and folders while they are listed. */
    private List<Path> storedFiles() throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(mesh.folder().resolve("s3"), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                found.add(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                return gone(e);
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException e) throws IOException {
                return gone(e);
            }
        });
        return found;
    }

    private static FileVisitResult gone(IOException e) throws IOException {
        if (e == null || e instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE;
        }
        throw e;
    }

    /** Tables in which any column of any row has the text; events still to be sent are left out. */
    private List<String> rowsWith(String database, String text) throws Exception {
        List<String> found = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(
                        mesh.postgres().jdbcUrl(database),
                        EmbeddedPostgres.USERNAME,
                        mesh.postgres().password());
                Statement statement = connection.createStatement()) {
            List<String> tables = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery(
                    "select table_name from information_schema.tables where table_schema = 'public'")) {
                while (rows.next()) {
                    tables.add(rows.getString(1));
                }
            }
            for (String table : tables) {
                try (ResultSet rows = statement.executeQuery(
                        "select count(*) from \"" + table + "\" t where t::text like '%" + text + "%'")) {
                    rows.next();
                    if (rows.getInt(1) > 0) {
                        found.add(table);
                    }
                }
            }
        }
        return found;
    }
}
