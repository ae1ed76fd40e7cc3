package io.voice2face.gateway;

import java.time.Duration;

import org.awaitility.Awaitility;

import io.restassured.RestAssured;

/** Waits for the gateway to say that nothing is missing. */
public final class Ready {
    private Ready() {}

    public static void await() {
        Awaitility.await("readiness")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> RestAssured.get("/q/health/ready").statusCode() == 200);
    }
}
