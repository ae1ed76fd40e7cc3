package io.voice2face.gateway.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.voice2face.gateway.mesh.Client;
import io.voice2face.gateway.mesh.MeshServers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

/** What a client's developer is told who has got something wrong. */
@QuarkusTest
@QuarkusTestResource(MeshServers.class)
class RefusalsTest {
    private static final Set<String> METHODS = Set.of("GET", "PUT", "POST", "DELETE", "PATCH");

    @Test
    void everyPathNamesItsMethodsToWhoTriesAnother() throws Exception {
        Client person = Client.guest();
        JsonNode paths = new ObjectMapper()
                .readTree(RestAssured.get("/openapi?format=json").asString())
                .path("paths");
        List<String> wrong = new ArrayList<>();
        paths.properties().forEach(path -> {
            Set<String> offered = new TreeSet<>();
            path.getValue().fieldNames().forEachRemaining(name -> offered.add(name.toUpperCase()));
            String url = path.getKey().replaceAll("\\{[^}]+}", UUID.randomUUID().toString());
            for (String method : METHODS) {
                // a rating and a link have the place of a file, of which there is none by these names
                boolean file = method.equals("GET") && url.matches(".*/results/[^/]+/[^/]+/[^/]+");
                if (!offered.contains(method) && !file) {
                    Response answer = person.call().request(method, url);
                    String allowed = String.valueOf(answer.header("Allow"));
                    if (answer.statusCode() != 405
                            || !Set.of(allowed.split(", ")).containsAll(intersection(offered))
                            || !answer.contentType().startsWith("application/problem+json")) {
                        wrong.add(method + " " + path.getKey() + " " + answer.statusCode() + " " + allowed);
                    }
                }
            }
        });
        assertThat(wrong).isEmpty();
    }

    private static Set<String> intersection(Set<String> offered) {
        Set<String> methods = new TreeSet<>(offered);
        methods.retainAll(METHODS);
        return methods;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST  | /api/v1/tokens   |                                              | body     | required",
                "POST  | /api/v1/tokens   | null                                         | body     | required",
                "POST  | /api/v1/tokens   | [                                            | body     | unreadable",
                "POST  | /api/v1/tokens   | {\"email\":\"a\\u0000@b.org\",\"password\":\"x\"} | email    | unreadable",
                "POST  | /api/v1/tokens   | {\"email\":\"a@b.org\"}                      | password | required",
                "PATCH | /api/v1/users/me | {\"age\":30.5}                               | age      | unreadable",
                "PATCH | /api/v1/users/me | {\"age\":17}                                 | age      | out_of_range",
                "PATCH | /api/v1/users/me | {\"gender\":\"cat\"}                         | gender   | unreadable"
            })
    void aBodyIsToldWhatIsWrongWithIt(String method, String path, String body, String field, String reason) {
        Client.guest()
                .call()
                .contentType("application/json")
                .body(body == null ? "" : body)
                .request(method, path)
                .then()
                .statusCode(400)
                .contentType(startsWith("application/problem+json"))
                .body("errors[0].field", equalTo(field))
                .body("errors[0].reason", equalTo(reason));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "101", "-1", "abc", "2.5", "99999999999"})
    void aPageThatIsTooLongOrNoNumberIsRefusedAsSuch(String limit) {
        Client.guest()
                .call()
                .get("/api/v1/requests?limit=" + limit)
                .then()
                .statusCode(400)
                .body("errors[0].field", equalTo("limit"))
                .body("errors[0].reason", equalTo("out_of_range"));
    }

    @Test
    void aKeyThatIsNoneIsRefusedWhereverOneMayBeSent() {
        Client person = Client.guest();
        List<Response> answers = List.of(
                person.form().header("Idempotency-Key", "k".repeat(201)).post("/api/v1/requests"),
                person.call()
                        .header("Idempotency-Key", "k".repeat(201))
                        .post("/api/v1/requests/" + UUID.randomUUID() + "/results"));
        for (Response answer : answers) {
            answer.then().statusCode(400).body("errors[0].field", equalTo("Idempotency-Key"));
        }
    }

    @Test
    void theApiCanBeTriedInABrowser() {
        RestAssured.given().get("/q/swagger-ui/").then().statusCode(200).contentType("text/html");
    }
}
