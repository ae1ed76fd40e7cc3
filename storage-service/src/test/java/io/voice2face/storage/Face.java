package io.voice2face.storage;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

import io.restassured.http.ContentType;
import io.voice2face.contracts.ObjectKeys;
import io.voice2face.contracts.event.FaceGenerated;
import io.voice2face.contracts.event.Gender;
import io.voice2face.contracts.event.MediaKind;
import io.voice2face.contracts.event.ObjectRef;
import io.voice2face.contracts.event.Target;
import io.voice2face.contracts.event.Variant;
import io.voice2face.contracts.storage.StorageApi;
import io.voice2face.contracts.storage.StorageApi.UploadGrant;
import io.voice2face.contracts.storage.StorageApi.UploadRequest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

/** A face as voice2face-service would make, put and announce it. */
record Face(UUID requestId, UUID resultId, String content) {

    ObjectRef reference() {
        return Mesh.reference(ObjectKeys.product(requestId, resultId, Variant.VOICE, "face.png"), "image/png", bytes());
    }

    /**
     * Puts it through a presigned URL.
     *
     * @param api address of storage-service
     */
    void put(String api) {
        UploadGrant grant = given().contentType(ContentType.JSON)
                .header("Authorization", "Bearer " + Servers.TOKEN)
                .body(new UploadRequest(
                        reference().key(), MediaKind.FACE, Optional.of(requestId), "image/png", bytes().length))
                .post(api + StorageApi.UPLOADS)
                .then()
                .statusCode(200)
                .extract()
                .as(UploadGrant.class);
        assertThat(Mesh.put(grant.url(), grant.headers(), bytes()).statusCode()).isEqualTo(200);
    }

    FaceGenerated event() {
        return new FaceGenerated(
                requestId,
                resultId,
                Variant.VOICE,
                reference(),
                27,
                Gender.FEMALE,
                OptionalInt.empty(),
                Optional.empty(),
                new Target(reference(), Optional.of("woman-1")),
                false,
                List.of(),
                List.of(),
                Instant.now());
    }

    private byte[] bytes() {
        return content.getBytes(StandardCharsets.UTF_8);
    }
}
