package io.voice2face.gateway.web;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.voice2face.gateway.mesh.MeshServers;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

@QuarkusTest
@QuarkusTestResource(MeshServers.class)
class WebPageTest {
    @ParameterizedTest
    @ValueSource(strings = {"/", "/about", "/requests/0b7c0a3e-0000-4000-8000-000000000000", "/s/some-token"})
    void everyPathOfThePageAnswersWithThePageAndAStrictPolicy(String path) {
        given().get(path)
                .then()
                .statusCode(200)
                .contentType(startsWith("text/html"))
                .header("Cache-Control", equalTo("no-cache"))
                .header("X-Content-Type-Options", equalTo("nosniff"))
                .header("Content-Security-Policy", containsString("script-src 'self'"))
                .header("Content-Security-Policy", not(containsString("unsafe")))
                .body(containsString("<div id=\"app\">"));
    }

    @Test
    void scriptsAreKeptForeverBecauseTheirNamesChangeWithThem() {
        String page = given().get("/").asString();
        Matcher script = Pattern.compile("src=\"(/assets/[^\"]+\\.js)\"").matcher(page);
        assertThat(script.find()).as(page).isTrue();
        given().get(script.group(1))
                .then()
                .statusCode(200)
                .contentType(containsString("javascript"))
                .header("Cache-Control", containsString("immutable"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/assets/nothing.js", "/nothing.png", "/api/v1/nothing", "/etc/passwd", "/requests/a/b"})
    void whatIsNoPageOfOursIsNotFound(String path) {
        given().get(path).then().statusCode(404).contentType(not(startsWith("text/html")));
    }

    @Test
    void aBrowserThatFollowsAWrongLinkIsToldSoByThePage() {
        given().accept("text/html")
                .get("/no/such/page")
                .then()
                .statusCode(404)
                .contentType(startsWith("text/html"))
                .body(containsString("<div id=\"app\">"));
    }

    @Test
    void programsGetNoPolicyForPages() {
        given().get("/api/v1/templates")
                .then()
                .statusCode(200)
                .header("Content-Security-Policy", nullValue())
                .header("X-Content-Type-Options", equalTo("nosniff"));
    }

    @Test
    void thePageIsOnlyRead() {
        assertThat(given().post("/about").statusCode()).isIn(404, 405);
    }
}
