package io.voice2face.gateway.security;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.awaitility.Awaitility;
import org.jose4j.jwt.NumericDate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.voice2face.gateway.Ready;
import io.voice2face.gateway.mesh.Client;
import io.voice2face.gateway.mesh.Issuer;
import io.voice2face.gateway.mesh.MeshServers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

@QuarkusTest
@QuarkusTestResource(MeshServers.class)
class ExternalIssuerTest {
    Issuer issuer;

    @BeforeEach
    void ready() {
        Ready.await();
    }

    @Test
    void aPersonOfTheIssuerHasAnAccountFromTheFirstCallOn() {
        String subject = "person-" + UUID.randomUUID();
        Client person = with(issuer.token(subject, claims -> {}));
        String account = me(person)
                .then()
                .statusCode(200)
                .body("guest", equalTo(false))
                .body("email", nullValue())
                .extract()
                .path("id");
        UUID id = person.submit();

        Client again = with(issuer.token(subject, claims -> claims.setExpirationTimeMinutesInTheFuture(60)));
        me(again).then().statusCode(200).body("id", equalTo(account));
        again.request(id).then().statusCode(200);
        with(issuer.token("another-" + UUID.randomUUID(), claims -> {}))
                .request(id)
                .then()
                .statusCode(404);
    }

    @Test
    void whatTheIssuerSaysOfGroupsMakesNobodyAnOperator() {
        with(issuer.token("would-be-operator", claims -> claims.setStringListClaim("groups", "admin")))
                .call()
                .get("/api/v1/admin/maintenance")
                .then()
                .statusCode(403);
    }

    @Test
    void aSubjectIsOneAccountHoweverManyCallsComeFirst() throws Exception {
        Client person = with(issuer.token("person-" + UUID.randomUUID(), claims -> {}));
        ExecutorService callers = Executors.newFixedThreadPool(6);
        Set<String> accounts = new HashSet<>();
        try {
            List<Callable<Response>> calls = java.util.Collections.nCopies(6, () -> me(person));
            for (Future<Response> call : callers.invokeAll(calls)) {
                assertThat(call.get().statusCode()).isEqualTo(200);
                accounts.add(call.get().path("id"));
            }
        } finally {
            callers.shutdown();
        }
        assertThat(accounts).hasSize(1);
    }

    @Test
    void otherAudiencesIssuersTimesAndKeysAreRefused() {
        String subject = "person-" + UUID.randomUUID();
        refused(issuer.token(subject, claims -> claims.setAudience("another-service")));
        refused(issuer.token(subject, claims -> claims.setIssuer("https://elsewhere.example")));
        // signed by the issuer, and said to be ours
        refused(issuer.token(subject, claims -> {
            claims.setIssuer("https://voice2face.example");
            claims.setAudience(Tokens.AUDIENCE);
        }));
        refused(issuer.token(subject, claims -> claims.setExpirationTime(minutesAgo(5))));
        refused(issuer.token(subject, claims -> claims.setNotBeforeMinutesInThePast(-30)));
        refused(issuer.token(subject, claims -> claims.unsetClaim("exp")));
        refused(issuer.token(subject, claims -> claims.unsetClaim("sub")));
        refused(issuer.tokenOfAnUnknownKey(subject));
        String good = issuer.token(subject, claims -> {});
        refused(good.substring(0, good.lastIndexOf('.') + 1));
        refused(unsigned(good));
    }

    @Test
    void aNewKeyIsFetchedWhenATokenNamesItAndMadeUpOnesAreNotAskedFor() {
        String old = issuer.token("rotated", claims -> {});
        me(with(old)).then().statusCode(200);
        issuer.rotate("key-" + UUID.randomUUID());
        String fresh = issuer.token("rotated", claims -> {});
        // asked for at most every few seconds
        Awaitility.await("the new key")
                .atMost(java.time.Duration.ofSeconds(30))
                .until(() -> me(with(fresh)).statusCode() == 200);
        int asked = issuer.askedForKeys();
        for (int i = 0; i < 20; i++) {
            refused(issuer.tokenOfAnUnknownKey("rotated"));
        }
        assertThat(issuer.askedForKeys()).isLessThanOrEqualTo(asked + 2);
    }

    private static NumericDate minutesAgo(int minutes) {
        NumericDate time = NumericDate.now();
        time.addSeconds(-60L * minutes);
        return time;
    }

    /** The token with the algorithm {@code none} and no signature. */
    private static String unsigned(String token) {
        String head = java.util.Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"alg\":\"none\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return head + token.substring(token.indexOf('.'), token.lastIndexOf('.') + 1);
    }

    private static void refused(String token) {
        me(with(token)).then().statusCode(401).body("reason", equalTo("unauthorized"));
    }

    private static Client with(String token) {
        return Client.with(token);
    }

    private static Response me(Client person) {
        return person.call().get("/api/v1/users/me");
    }
}
