package io.voice2face.gateway;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.UUID;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.voice2face.embedded.EmbeddedPostgres;
import io.voice2face.gateway.mesh.Client;
import io.voice2face.gateway.mesh.Mesh;
import io.voice2face.gateway.mesh.MeshServers;
import io.voice2face.gateway.mesh.Workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

@QuarkusTest
@QuarkusTestResource(MeshServers.class)
class FeedbackAndSharingTest {
    private static final String SURVEY =
            """
            {"contact":"someone@example.org","contactKind":"email","snsTime":"1h_to_3h",
             "reasons":["curiosity","hide_face"],"voiceToFaceRating":2,"dissatisfaction":["wrong_age"],
             "wishedFunctions":"hats","faceToClipRating":4,"moreClips":true,"clipKinds":["singing","vlog"],
             "waitingTimeRating":5,"recommend":true,"opinion":"fine"}
            """;

    Mesh mesh;
    private Workers workers;
    private Client person;
    private UUID id;
    private String result;

    @BeforeEach
    void finishOne() throws Exception {
        workers = new Workers(mesh);
        Ready.await();
        person = Client.guest();
        id = person.submit();
        result = "/api/v1/requests/" + id + "/results/" + person.request(id).path("latestResultId");
    }

    private void finish() throws Exception {
        workers.finish(workers.submitted(id, 1));
        person.awaitState(id, "SUCCEEDED");
    }

    @AfterEach
    void stopWorkers() {
        workers.close();
    }

    @Test
    void starsCanBeGivenAndChanged() throws Exception {
        rate("voice", "{\"stars\":3}").then().statusCode(409);
        finish();
        rate("voice", "{\"stars\":3}").then().statusCode(204);
        rate("voice", "{\"stars\":5}").then().statusCode(204);
        rate("condition", "{\"stars\":1}").then().statusCode(204);
        rate("condition", "{\"stars\":6}").then().statusCode(400);
        rate("condition", "{}").then().statusCode(400);
        rate("other", "{\"stars\":2}").then().statusCode(404);
        person.call()
                .get(result)
                .then()
                .body("variants.voice.rating", equalTo(5))
                .body("variants.condition.rating", equalTo(1));
    }

    @Test
    void surveyIsKeptWithAllItsAnswers() throws Exception {
        survey(SURVEY).then().statusCode(409);
        finish();
        survey(SURVEY).then().statusCode(204);
        person.call()
                .get(result)
                .then()
                .body("survey.snsTime", equalTo("1h_to_3h"))
                .body("survey.reasons", contains("curiosity", "hide_face"))
                .body("survey.clipKinds", contains("singing", "vlog"))
                .body("survey.waitingImprovements", hasSize(0))
                .body("survey.recommend", equalTo(true));
    }

    @Test
    void surveyAsksConditionalQuestionsOnlyWhereTheyBelong() {
        survey(SURVEY.replace("\"dissatisfaction\":[\"wrong_age\"],", ""))
                .then()
                .statusCode(400)
                .body("errors.field", hasItems("dissatisfaction"));
        survey(SURVEY.replace("\"moreClips\":true", "\"moreClips\":false"))
                .then()
                .statusCode(400)
                .body("errors.reason", hasItems("not_asked"));
        survey(SURVEY.replace("\"waitingTimeRating\":5", "\"waitingTimeRating\":1"))
                .then()
                .statusCode(400)
                .body("errors.field", hasItems("waitingImprovements"));
        survey(SURVEY.replace("someone@example.org", "no address")).then().statusCode(400);
        survey(SURVEY.replace("curiosity", "no_such_reason")).then().statusCode(400);
        survey("{}").then().statusCode(400).body("errors.field", hasItems("snsTime", "reasons", "moreClips"));
    }

    @Test
    void aLinkOpensOneResultUntilItIsRevokedOrExpires() throws Exception {
        share("{}").then().statusCode(409);
        finish();
        share("{\"expiresInHours\":0}").then().statusCode(400);
        Response made = share("{\"expiresInHours\":1}");
        made.then().statusCode(201);
        String token = made.<String>path("url").substring("/s/".length());
        Response shared = RestAssured.get("/api/v1/shared/" + token);
        shared.then()
                .statusCode(200)
                .body("voiceAnalysis", nullValue())
                .body("survey", nullValue())
                .body("variants.voice.rating", nullValue());
        String face = shared.path("variants.voice.face.url");
        assertThat(face).startsWith("/api/v1/shared/" + token + "/");
        RestAssured.given().redirects().follow(false).get(face).then().statusCode(307);
        RestAssured.get("/api/v1/shared/" + token + "x").then().statusCode(404);

        person.call().get(result + "/share").then().body("", hasSize(1)).body("[0].url", nullValue());
        person.call().delete(result + "/share/" + made.path("id")).then().statusCode(204);
        RestAssured.get("/api/v1/shared/" + token).then().statusCode(404);

        // a link without a wish, as a client sends it that has nothing to say
        String second = person.call()
                .post(result + "/share")
                .then()
                .statusCode(201)
                .extract()
                .<String>path("url")
                .substring("/s/".length());
        RestAssured.get("/api/v1/shared/" + second).then().statusCode(200);
        try (Connection connection = DriverManager.getConnection(
                        mesh.postgres().jdbcUrl(EmbeddedPostgres.GATEWAY),
                        EmbeddedPostgres.USERNAME,
                        mesh.postgres().password());
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("update share_link set expires_at = now() - interval '1 second'");
        }
        RestAssured.get("/api/v1/shared/" + second).then().statusCode(404);
    }

    private Response rate(String variant, String body) {
        return person.call().contentType("application/json").body(body).put(result + "/" + variant + "/rating");
    }

    private Response survey(String body) {
        return person.call().contentType("application/json").body(body).put(result + "/survey");
    }

    private Response share(String body) {
        return person.call().contentType("application/json").body(body).post(result + "/share");
    }
}
