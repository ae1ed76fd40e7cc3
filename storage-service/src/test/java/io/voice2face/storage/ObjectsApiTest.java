package io.voice2face.storage;

import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.voice2face.contracts.ObjectKeys;
import io.voice2face.contracts.event.MediaKind;
import io.voice2face.contracts.event.ObjectRef;
import io.voice2face.contracts.storage.StorageApi;
import io.voice2face.contracts.storage.StorageApi.Acceptance;
import io.voice2face.contracts.storage.StorageApi.Audience;
import io.voice2face.contracts.storage.StorageApi.DownloadGrant;
import io.voice2face.contracts.storage.StorageApi.DownloadRequest;
import io.voice2face.contracts.storage.StorageApi.UploadGrant;
import io.voice2face.contracts.storage.StorageApi.UploadRequest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

@QuarkusTest
@WithTestResource(Servers.class)
class ObjectsApiTest {
    private static final byte[] BYTES = "sound".repeat(1000).getBytes(StandardCharsets.UTF_8);

    private final UUID requestId = UUID.randomUUID();
    private final String key = ObjectKeys.voice(requestId);

    @Test
    void whatIsPutAndAcceptedCanBeReadWithItsTypeAndRange() {
        ObjectRef voice = putVoice(BYTES);
        accept(voice).statusCode(204);

        DownloadGrant grant = given(service())
                .body(new DownloadRequest(
                        key, Audience.PUBLIC, Optional.empty(), Optional.of("attachment; filename=\"voice.webm\"")))
                .post(StorageApi.DOWNLOADS)
                .then()
                .statusCode(200)
                .extract()
                .as(DownloadGrant.class);

        assertThat(grant.object()).isEqualTo(voice);
        var whole = Mesh.get(grant.url());
        assertThat(whole.statusCode()).isEqualTo(200);
        assertThat(whole.body()).isEqualTo(BYTES);
        assertThat(whole.headers().firstValue("Content-Type")).contains("audio/webm");
        assertThat(whole.headers().firstValue("Content-Disposition")).contains("attachment; filename=\"voice.webm\"");
        var part = Mesh.exchange(
                HttpRequest.newBuilder(grant.url()).header("Range", "bytes=5-9").build());
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo("sound".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void acceptingTheSameAgainChangesNothing() {
        ObjectRef voice = putVoice(BYTES);
        accept(voice).statusCode(204);
        accept(voice).statusCode(204);

        given(service())
                .get(StorageApi.REQUESTS + "/" + requestId + "/objects")
                .then()
                .statusCode(200)
                .body("objects", hasSize(1))
                .body("objects[0].kind", equalTo("voice"))
                .body("objects[0].object.sha256", equalTo(voice.sha256()));
    }

    @Test
    void otherBytesThanAnnouncedAreNotAccepted() {
        ObjectRef voice = putVoice(BYTES);
        ObjectRef wrong = new ObjectRef(key, voice.contentType(), voice.size(), "0".repeat(64));

        accept(wrong)
                .statusCode(409)
                .contentType("application/problem+json")
                .body("reason", equalTo("checksum_mismatch"))
                .body("type", equalTo("https://voice2face.example/problems/checksum_mismatch"))
                .body("status", equalTo(409));
        given(service())
                .get(StorageApi.REQUESTS + "/" + requestId + "/objects")
                .then()
                .body("objects", hasSize(0));
    }

    @Test
    void anotherLengthThanAnnouncedIsNotAccepted() {
        ObjectRef voice = putVoice(BYTES);

        accept(new ObjectRef(key, voice.contentType(), 7, voice.sha256()))
                .statusCode(409)
                .body("reason", equalTo("checksum_mismatch"));
    }

    @Test
    void whatWasNeverPutIsNotAccepted() {
        accept(Mesh.reference(key, "audio/webm", BYTES)).statusCode(404).body("reason", equalTo("object_missing"));
    }

    @Test
    void thePublicGetsNoLinkToWhatIsNotRegistered() {
        putVoice(BYTES);

        given(service())
                .body(new DownloadRequest(key, Audience.PUBLIC, Optional.empty(), Optional.empty()))
                .post(StorageApi.DOWNLOADS)
                .then()
                .statusCode(404)
                .body("reason", equalTo("object_missing"));
    }

    @Test
    void aServiceMayReadWhatIsInTheStoreBeforeItIsRegistered() {
        ObjectRef voice = putVoice(BYTES);

        DownloadGrant grant = given(service())
                .body(new DownloadRequest(key, Audience.SERVICE, Optional.empty(), Optional.empty()))
                .post(StorageApi.DOWNLOADS)
                .then()
                .statusCode(200)
                .extract()
                .as(DownloadGrant.class);
        assertThat(grant.object()).isEqualTo(voice);
        assertThat(Mesh.get(grant.url()).body()).isEqualTo(BYTES);
    }

    @Test
    void aPresignedPutIsForThisKeyOnlyAndNothingIsOpenWithoutASignature() {
        UploadGrant grant = grant("audio/webm", BYTES.length);

        URI otherKey = URI.create(grant.url()
                .toString()
                .replace(requestId.toString(), UUID.randomUUID().toString()));
        assertThat(Mesh.put(otherKey, grant.headers(), BYTES).statusCode()).isEqualTo(403);
        URI unsigned = URI.create(grant.url().toString().replaceAll("\\?.*", ""));
        assertThat(Mesh.put(unsigned, grant.headers(), BYTES).statusCode()).isEqualTo(403);
        Mesh.put(grant.url(), grant.headers(), BYTES);
        assertThat(Mesh.get(unsigned).statusCode()).isEqualTo(403);
    }

    @Test
    void whatIsLargerThanItsKindMayBeIsRefused() {
        given(service())
                .body(new UploadRequest(
                        ObjectKeys.requestPrefix(requestId) + "r/voice/face.png",
                        MediaKind.FACE,
                        Optional.of(requestId),
                        "image/png",
                        2 << 20))
                .post(StorageApi.UPLOADS)
                .then()
                .statusCode(413)
                .body("reason", equalTo("object_too_large"))
                .body("detail", containsString("1048576"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "requests/../templates/x",
                "/requests/x",
                "requests//x",
                "voice",
                "requests/%2e%2e/x",
                "templates/a/clip.mp4",
                "requests/00000000-0000-0000-0000-000000000000/voice"
            })
    void keysOutsideOfTheRequestAreRefused(String other) {
        given(service())
                .body(new UploadRequest(other, MediaKind.VOICE, Optional.of(requestId), "audio/webm", 5))
                .post(StorageApi.UPLOADS)
                .then()
                .statusCode(400)
                .body("reason", equalTo("invalid_key"));
    }

    @ParameterizedTest
    @CsvSource({
        "VOICE,text/html",
        "TARGET,image/svg+xml",
        "TARGET,text/plain",
        "FACE,video/mp4",
        "VOICE,'audio/x\r\nSet: y'"
    })
    void typesThatAKindDoesNotHaveAreRefused(MediaKind kind, String contentType) {
        given(service())
                .body(new UploadRequest(key, kind, Optional.of(requestId), contentType, 5))
                .post(StorageApi.UPLOADS)
                .then()
                .statusCode(400)
                .body("reason", equalTo("invalid_content_type"));
    }

    @Test
    void templatesBelongToNoRequest() {
        byte[] clip = {1, 2, 3};
        String template = "templates/woman-" + UUID.randomUUID() + "/clip.mp4";
        UploadGrant grant = given(service())
                .body(new UploadRequest(template, MediaKind.TARGET, Optional.empty(), "video/mp4", clip.length))
                .post(StorageApi.UPLOADS)
                .then()
                .statusCode(200)
                .extract()
                .as(UploadGrant.class);
        assertThat(Mesh.put(grant.url(), grant.headers(), clip).statusCode()).isEqualTo(200);
        given(service())
                .body(new Acceptance(Mesh.reference(template, "video/mp4", clip), MediaKind.TARGET, Optional.empty()))
                .post(StorageApi.ACCEPTANCES)
                .then()
                .statusCode(204);
    }

    @Test
    void whateverTypeAnObjectWasPutWithItIsServedWithTheAcceptedOne() {
        UploadGrant grant = grant("audio/webm", BYTES.length);
        Mesh.put(grant.url(), Map.of("Content-Type", "text/html"), BYTES);
        accept(Mesh.reference(key, "audio/webm", BYTES)).statusCode(204);

        DownloadGrant link = given(service())
                .body(new DownloadRequest(key, Audience.PUBLIC, Optional.empty(), Optional.empty()))
                .post(StorageApi.DOWNLOADS)
                .as(DownloadGrant.class);

        assertThat(Mesh.get(link.url()).headers().firstValue("Content-Type")).contains("audio/webm");
    }

    @Test
    void anErasedRequestIsGoneAndTakesNothingMore() {
        ObjectRef voice = putVoice(BYTES);
        accept(voice).statusCode(204);
        URI link = given(service())
                .body(new DownloadRequest(key, Audience.PUBLIC, Optional.empty(), Optional.empty()))
                .post(StorageApi.DOWNLOADS)
                .as(DownloadGrant.class)
                .url();
        UploadGrant late = grant("audio/webm", BYTES.length);

        given(service())
                .delete(StorageApi.REQUESTS + "/" + requestId + "/objects")
                .then()
                .statusCode(200)
                .body("objects", equalTo(1));

        assertThat(Mesh.get(link).statusCode()).isEqualTo(404);
        given(service())
                .body(new UploadRequest(key, MediaKind.VOICE, Optional.of(requestId), "audio/webm", 5))
                .post(StorageApi.UPLOADS)
                .then()
                .statusCode(410)
                .body("reason", equalTo("request_erased"));
        // Someone with an older grant still puts it: it is not accepted.
        Mesh.put(late.url(), late.headers(), BYTES);
        accept(voice).statusCode(410);
    }

    @ParameterizedTest
    @CsvSource({
        "POST,/api/v1/uploads",
        "POST,/api/v1/downloads",
        "POST,/api/v1/acceptances",
        "DELETE,/api/v1/requests/00000000-0000-0000-0000-000000000000/objects",
        "GET,/api/v1/requests/00000000-0000-0000-0000-000000000000/objects",
        "GET,/api/v1/maintenance",
        "POST,/api/v1/maintenance/retention/runs",
        "GET,/api/v1/nothing"
    })
    void withoutTheServiceTokenNothingIsAnswered(String method, String path) {
        for (String header : new String[] {"", "Bearer ", "Bearer wrong-token-0123456789", "Basic " + Servers.TOKEN}) {
            given().contentType(ContentType.JSON)
                    .header("Authorization", header)
                    .request(method, path)
                    .then()
                    .statusCode(401)
                    .contentType("application/problem+json")
                    .body("reason", equalTo("service_token_required"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "null", "{", "[]", "{\"key\":1}", "{\"key\":\"a/b\",\"kind\":\"film\"}", "{\"key\":null}"})
    void whatIsNoRequestIsAProblemOfTheCaller(String body) {
        for (String path : new String[] {StorageApi.UPLOADS, StorageApi.DOWNLOADS, StorageApi.ACCEPTANCES}) {
            given(service()).body(body).post(path).then().statusCode(400).contentType("application/problem+json");
        }
    }

    @Test
    void readinessNamesWhatItNeeds() {
        given().get("/q/health/ready")
                .then()
                .statusCode(200)
                .body("status", equalTo("UP"))
                .body("checks.find { it.name == 'object store' }.data.bucket", equalTo("v2f"));
    }

    private RequestSpecification service() {
        return given().contentType(ContentType.JSON).header("Authorization", "Bearer " + Servers.TOKEN);
    }

    private UploadGrant grant(String contentType, long size) {
        return given(service())
                .body(new UploadRequest(key, MediaKind.VOICE, Optional.of(requestId), contentType, size))
                .post(StorageApi.UPLOADS)
                .then()
                .statusCode(200)
                .extract()
                .as(UploadGrant.class);
    }

    private ObjectRef putVoice(byte[] bytes) {
        UploadGrant grant = grant("audio/webm", bytes.length);
        assertThat(Mesh.put(grant.url(), grant.headers(), bytes).statusCode()).isEqualTo(200);
        return Mesh.reference(key, "audio/webm", bytes);
    }

    private ValidatableResponse accept(ObjectRef object) {
        return given(service())
                .body(new Acceptance(object, MediaKind.VOICE, Optional.of(requestId)))
                .post(StorageApi.ACCEPTANCES)
                .then();
    }
}
