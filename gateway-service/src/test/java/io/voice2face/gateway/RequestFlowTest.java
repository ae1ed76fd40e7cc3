package io.voice2face.gateway;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.voice2face.contracts.EventJson;
import io.voice2face.contracts.event.JobState;
import io.voice2face.contracts.event.RequestCompleted;
import io.voice2face.contracts.event.Variant;
import io.voice2face.contracts.event.VoiceSubmitted;
import io.voice2face.gateway.mesh.Client;
import io.voice2face.gateway.mesh.Mesh;
import io.voice2face.gateway.mesh.MeshServers;
import io.voice2face.gateway.mesh.Workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

@QuarkusTest
@QuarkusTestResource(MeshServers.class)
class RequestFlowTest {
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
    void aVoiceGoesInAndTwoFacesAndTwoClipsComeOut() throws Exception {
        Client person = Client.guest();
        Response accepted = person.form()
                .multiPart("skinTone", "4")
                .multiPart("gifPreview", "true")
                .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
                .post("/api/v1/requests");
        accepted.then()
                .statusCode(202)
                .body("state", equalTo("QUEUED"))
                .body("skinTone", equalTo(4))
                .body("gifPreview", equalTo(true));
        UUID id = UUID.fromString(accepted.path("id"));
        assertThat(accepted.header("Location")).endsWith("/api/v1/requests/" + id);

        VoiceSubmitted job = workers.submitted(id, 1);
        assertThat(job.age()).isEqualTo(30);
        assertThat(job.voice().contentType()).isEqualTo("audio/wav");
        workers.finish(job);
        person.awaitState(id, "SUCCEEDED");

        String result = "results[0].";
        Response request = person.request(id);
        request.then()
                .body(result + "variants.voice.state", equalTo("DONE"))
                .body(result + "variants.condition.clip.contentType", equalTo("video/mp4"))
                .body(result + "voiceAnalysis.femaleProbability", notNullValue())
                .body(result + "variants.voice.models", hasSize(2))
                .body("progress", nullValue())
                .body("failure", nullValue());
        for (String media : List.of("face.url", "clip.url", "gif.url", "poster.url")) {
            assertThat(fetch(person, request.path(result + "variants.voice." + media)))
                    .startsWith(job.resultId().toString());
        }
        assertThat(fetch(person, request.path("voice.url"))).startsWith("RIFF");

        RequestCompleted completed =
                EventJson.read(workers.read("request-completed", id, 1).get(0).value(), RequestCompleted.class);
        assertThat(completed.state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(completed.media()).hasSize(8);
        assertThat(traceparent("voice-submitted", id)).contains("4bf92f3577b34da6a3ce929d0e0e4736");
    }

    @Test
    void aGifIsThereOnlyWhereItWasAskedFor() throws Exception {
        Client person = Client.guest();
        UUID id = person.submit();
        VoiceSubmitted job = workers.submitted(id, 1);
        assertThat(job.gifPreview()).isFalse();
        workers.finish(job);
        person.awaitState(id, "SUCCEEDED");

        Response request = person.request(id);
        request.then()
                .body("gifPreview", equalTo(false))
                .body("results[0].variants.voice.clip.contentType", equalTo("video/mp4"))
                .body("results[0].variants.voice.gif", nullValue())
                .body("results[0].variants.condition.gif", nullValue());
        String clip = request.path("results[0].variants.voice.clip.url");
        person.call()
                .get(clip.replace("clip.mp4", "clip.gif"))
                .then()
                .statusCode(404)
                .body("reason", equalTo("not_found"));
        RequestCompleted completed =
                EventJson.read(workers.read("request-completed", id, 1).get(0).value(), RequestCompleted.class);
        assertThat(completed.media()).hasSize(6);
    }

    @Test
    void regeneratingKeepsTheEarlierResult() throws Exception {
        Client person = Client.guest();
        UUID id = person.submit(person.form().multiPart("gifPreview", "true"));
        person.call().post("/api/v1/requests/" + id + "/results").then().statusCode(409);
        workers.reject(workers.submitted(id, 1), "no_speech", "No speech was found.");
        person.awaitState(id, "REJECTED");
        person.request(id).then().body("failure.reason", equalTo("no_speech"));

        person.call()
                .post("/api/v1/requests/" + id + "/results")
                .then()
                .statusCode(202)
                .body("attempt", equalTo(2));
        person.request(id).then().body("state", equalTo("QUEUED")).body("results", hasSize(2));
        workers.finish(workers.submitted(id, 2));
        person.awaitState(id, "SUCCEEDED");
        person.request(id)
                .then()
                .body("results[0].state", equalTo("REJECTED"))
                .body("results[1].state", equalTo("SUCCEEDED"))
                .body("results[1].variants.voice.gif", notNullValue());
    }

    @Test
    void cancellingIsAnnouncedAndLateWorkChangesNothing() throws Exception {
        Client person = Client.guest();
        UUID id = person.submit();
        VoiceSubmitted job = workers.submitted(id, 1);
        person.call().post("/api/v1/requests/" + id + "/cancel").then().statusCode(200);
        person.call().post("/api/v1/requests/" + id + "/cancel").then().statusCode(200);
        RequestCompleted completed =
                EventJson.read(workers.read("request-completed", id, 1).get(0).value(), RequestCompleted.class);
        assertThat(completed.state()).isEqualTo(JobState.CANCELLED);
        workers.face(job, Variant.VOICE);
        workers.read("media-stored", id, 1);
        person.request(id).then().body("state", equalTo("CANCELLED"));
    }

    @Test
    void deletingAnnouncesTheErasure() throws Exception {
        Client person = Client.guest();
        UUID id = person.submit();
        workers.submitted(id, 1);
        person.call().delete("/api/v1/requests/" + id).then().statusCode(204);
        person.request(id).then().statusCode(404);
        assertThat(workers.read("request-erased", id, 1)).hasSize(1);
    }

    @Test
    void outboxSurvivesTheDeathOfTheBroker() throws Exception {
        Client person = Client.guest();
        mesh.stopKafka();
        UUID id;
        try {
            id = person.submit();
        } finally {
            mesh.startKafka();
        }
        VoiceSubmitted job = workers.submitted(id, 1);
        assertThat(workers.read("voice-submitted", id, 1)).hasSize(1);
        workers.finish(job);
        person.awaitState(id, "SUCCEEDED");
    }

    @Test
    void poisonDoesNotStopTheNextRecord() throws Exception {
        Client person = Client.guest();
        UUID id = person.submit();
        VoiceSubmitted job = workers.submitted(id, 1);
        for (String topic :
                List.of("face-generated", "video-swapped", "media-stored", "job-failed", "job-progressed")) {
            workers.publish(topic, id.toString(), "{not json".getBytes());
        }
        workers.finish(job);
        person.awaitState(id, "SUCCEEDED");
        assertThat(workers.read("job-failed-dlq", id, 1).get(0).value()).isEqualTo("{not json".getBytes());
    }

    private String traceparent(String topic, UUID id) {
        return new String(workers.read(topic, id, 1)
                .get(0)
                .headers()
                .lastHeader("traceparent")
                .value());
    }

    private static String fetch(Client person, String url) throws IOException, InterruptedException {
        Response redirect = person.call().get(url);
        assertThat(redirect.statusCode()).as(url).isEqualTo(307);
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(redirect.header("Location")))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Disposition")).isPresent();
        return answer.body();
    }
}
