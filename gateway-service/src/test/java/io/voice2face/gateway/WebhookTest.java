package io.voice2face.gateway;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.voice2face.gateway.mesh.Client;
import io.voice2face.gateway.mesh.Mesh;
import io.voice2face.gateway.mesh.MeshServers;
import io.voice2face.gateway.webhook.Signature;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

@QuarkusTest
@QuarkusTestResource(MeshServers.class)
class WebhookTest {
    Mesh mesh;
    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private final List<String> signatures = new CopyOnWriteArrayList<>();
    private final AtomicInteger failuresToCome = new AtomicInteger();
    private HttpServer receiver;

    @BeforeEach
    void startReceiver() throws IOException {
        Ready.await();
        receiver = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        receiver.createContext("/hook", this::receive);
        receiver.start();
    }

    @AfterEach
    void stopReceiver() {
        receiver.stop(0);
    }

    private void receive(HttpExchange exchange) throws IOException {
        bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        signatures.add(exchange.getRequestHeaders().getFirst(Signature.HEADER));
        exchange.sendResponseHeaders(failuresToCome.getAndDecrement() > 0 ? 500 : 204, -1);
        exchange.close();
    }

    @Test
    void anEndIsToldSignedAndTriedAgain() {
        failuresToCome.set(1);
        Client person = Client.guest();
        Response hook = add(person);
        hook.then().statusCode(201);
        String secret = hook.path("secret");
        UUID id = person.submit();
        person.call().post("/api/v1/requests/" + id + "/cancel").then().statusCode(200);
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> bodies.size() == 2);
        assertThat(bodies.get(1)).contains(id.toString(), "CANCELLED");
        long time = Long.parseLong(signatures.get(1).replaceAll("t=(\\d+),.*", "$1"));
        assertThat(signatures.get(1)).isEqualTo(Signature.of(secret, time, bodies.get(1)));
        String deliveries = "/api/v1/webhooks/" + hook.path("id") + "/deliveries";
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> person.call()
                .get(deliveries)
                .then()
                .body("[0].state", equalTo("DELIVERED"))
                .body("[0].attempts", equalTo(2)));
        person.call().get("/api/v1/webhooks").then().body("[0].secret", nullValue());
        Client.guest().call().get(deliveries).then().statusCode(404);
    }

    @Test
    void whatFailsForGoodIsShownAndCanBeTriedAgain() {
        failuresToCome.set(3);
        Client person = Client.guest();
        String hook = add(person).path("id");
        UUID id = person.submit();
        person.call().post("/api/v1/requests/" + id + "/cancel").then().statusCode(200);
        String deliveries = "/api/v1/webhooks/" + hook + "/deliveries";
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> person.call()
                .get(deliveries)
                .then()
                .body("[0].state", equalTo("DEAD"))
                .body("[0].lastStatus", equalTo(500)));
        String delivery = person.call().get(deliveries).path("[0].id");
        person.call().post(deliveries + "/" + delivery + "/retry").then().statusCode(202);
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> person.call().get(deliveries).then().body("[0].state", equalTo("DELIVERED")));
    }

    private Response add(Client person) {
        return person.call()
                .contentType("application/json")
                .body("{\"url\":\"http://127.0.0.1:%d/hook\"}"
                        .formatted(receiver.getAddress().getPort()))
                .post("/api/v1/webhooks");
    }
}
