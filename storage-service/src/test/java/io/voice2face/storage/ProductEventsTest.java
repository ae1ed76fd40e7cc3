package io.voice2face.storage;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import io.voice2face.contracts.ObjectKeys;
import io.voice2face.contracts.Topic;
import io.voice2face.contracts.event.FaceGenerated;
import io.voice2face.contracts.event.Gender;
import io.voice2face.contracts.event.JobFailed;
import io.voice2face.contracts.event.MediaKind;
import io.voice2face.contracts.event.MediaStored;
import io.voice2face.contracts.event.ObjectRef;
import io.voice2face.contracts.event.RequestErased;
import io.voice2face.contracts.event.Stage;
import io.voice2face.contracts.event.Target;
import io.voice2face.contracts.event.Variant;
import io.voice2face.contracts.event.VideoSwapped;
import io.voice2face.contracts.storage.StorageApi;
import io.voice2face.contracts.storage.StorageApi.UploadGrant;
import io.voice2face.contracts.storage.StorageApi.UploadRequest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

@QuarkusTest
@WithTestResource(Servers.class)
class ProductEventsTest {
    private static final byte[] FACE = "a face".getBytes(StandardCharsets.UTF_8);

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String broker;

    private final UUID requestId = UUID.randomUUID();
    private final UUID resultId = UUID.randomUUID();
    private Mesh mesh;

    @BeforeEach
    void connect() {
        mesh = new Mesh(broker);
    }

    @Test
    void aFaceIsVerifiedRegisteredAndAnnounced() {
        ObjectRef face = put("face.png", MediaKind.FACE, "image/png", FACE);

        mesh.send(faceGenerated(face));

        MediaStored stored = mesh.event(MediaStored.class, requestId);
        assertThat(stored.resultId()).isEqualTo(resultId);
        assertThat(stored.variant()).isEqualTo(Variant.VOICE);
        assertThat(stored.objects()).containsExactly(new MediaStored.StoredObject(MediaKind.FACE, face));
        registered(1);
    }

    @Test
    void aClipIsKeptWithItsPreviewAndPoster() {
        ObjectRef clip = put("clip.mp4", MediaKind.CLIP, "video/mp4", "clip".getBytes(StandardCharsets.UTF_8));
        ObjectRef gif = put("clip.gif", MediaKind.GIF, "image/gif", "gif".getBytes(StandardCharsets.UTF_8));
        ObjectRef poster = put("poster.jpg", MediaKind.POSTER, "image/jpeg", "jpg".getBytes(StandardCharsets.UTF_8));

        mesh.send(videoSwapped(clip, Optional.of(gif), Optional.of(poster)));

        assertThat(mesh.event(MediaStored.class, requestId).objects())
                .extracting(MediaStored.StoredObject::kind)
                .containsExactly(MediaKind.CLIP, MediaKind.GIF, MediaKind.POSTER);
        registered(3);
        assertThat(mesh.records(Topic.JOB_PROGRESSED.topicName(), requestId, 2))
                .allSatisfy(record -> assertThat(new String(record.value(), StandardCharsets.UTF_8))
                        .contains("STORING"));
    }

    @Test
    void theSameAnnouncementTwiceIsOneRowAndTheSameEventAgain() {
        ObjectRef face = put("face.png", MediaKind.FACE, "image/png", FACE);
        FaceGenerated event = faceGenerated(face);

        mesh.send(event);
        mesh.send(event);

        List<ConsumerRecord<byte[], byte[]>> announced = mesh.records(Topic.MEDIA_STORED.topicName(), requestId, 2);
        assertThat(announced)
                .extracting(record -> header(record, "ce_id"))
                .hasSize(2)
                .containsOnly(header(announced.get(0), "ce_id"));
        assertThat(announced.get(0).value()).isEqualTo(announced.get(1).value());
        registered(1);
    }

    @Test
    void aFaceWithOtherBytesFailsTheJobAndIsDeadLettered() {
        ObjectRef face = put("face.png", MediaKind.FACE, "image/png", FACE);
        mesh.send(faceGenerated(new ObjectRef(face.key(), "image/png", face.size(), "0".repeat(64))));

        JobFailed failed = mesh.event(JobFailed.class, requestId);
        assertThat(failed.stage()).isEqualTo(Stage.STORING);
        assertThat(failed.fault()).isEqualTo(JobFailed.Fault.SYSTEM);
        assertThat(failed.reason()).isEqualTo("checksum_mismatch");
        ConsumerRecord<byte[], byte[]> letter = mesh.records(Topic.FACE_GENERATED.deadLetterTopicName(), requestId, 1)
                .get(0);
        assertThat(header(letter, "dead-letter-reason")).contains(face.key());
        registered(0);
    }

    @Test
    void anAnnouncementThatALaterAttemptHasReplacedIsNoFailure() {
        byte[] later = "another face".getBytes(StandardCharsets.UTF_8);
        ObjectRef first =
                Mesh.reference(ObjectKeys.product(requestId, resultId, Variant.VOICE, "face.png"), "image/png", FACE);
        ObjectRef second = put("face.png", MediaKind.FACE, "image/png", later);
        FaceGenerated earlierEvent = faceGenerated(first);
        mesh.send(faceGenerated(second));
        mesh.event(MediaStored.class, requestId);

        mesh.send(earlierEvent);
        ObjectRef clip = put("clip.mp4", MediaKind.CLIP, "video/mp4", later);
        mesh.send(videoSwapped(clip, Optional.empty(), Optional.empty()));

        mesh.records(Topic.MEDIA_STORED.topicName(), requestId, 2);
        assertThat(mesh.count(Topic.JOB_FAILED.topicName(), requestId)).isZero();
        registered(2);
    }

    @Test
    void anErasedRequestIsDeletedEverywhereAndStaysSo() {
        ObjectRef face = put("face.png", MediaKind.FACE, "image/png", FACE);
        mesh.send(faceGenerated(face));
        mesh.event(MediaStored.class, requestId);

        mesh.send(new RequestErased(requestId, Instant.now()));

        await().atMost(Mesh.PATIENCE).untilAsserted(() -> {
            registered(0);
            given(service())
                    .body(new StorageApi.DownloadRequest(
                            face.key(), StorageApi.Audience.SERVICE, Optional.empty(), Optional.empty()))
                    .post(StorageApi.DOWNLOADS)
                    .then()
                    .statusCode(404);
        });
        // A worker that did not know yet announces the face once more.
        mesh.send(faceGenerated(face));
        given(service())
                .body(new UploadRequest(face.key(), MediaKind.FACE, Optional.of(requestId), "image/png", 5))
                .post(StorageApi.UPLOADS)
                .then()
                .statusCode(410);
        registered(0);
    }

    @ParameterizedTest
    @EnumSource(
            value = Topic.class,
            names = {"FACE_GENERATED", "VIDEO_SWAPPED", "REQUEST_ERASED"})
    void poisonGoesToTheDeadLetterTopicAndTheChannelGoesOn(Topic topic) {
        byte[] poison = "<xml/>".getBytes(StandardCharsets.UTF_8);
        mesh.send(topic.topicName(), requestId.toString().getBytes(StandardCharsets.UTF_8), poison);

        ConsumerRecord<byte[], byte[]> letter =
                mesh.records(topic.deadLetterTopicName(), requestId, 1).get(0);
        assertThat(letter.value()).isEqualTo(poison);
        assertThat(header(letter, "dead-letter-reason")).isNotBlank();
        aFaceIsVerifiedRegisteredAndAnnounced();
    }

    private void registered(int objects) {
        given(service())
                .get(StorageApi.REQUESTS + "/" + requestId + "/objects")
                .then()
                .statusCode(200)
                .body("objects.size()", equalTo(objects));
    }

    private ObjectRef put(String name, MediaKind kind, String contentType, byte[] bytes) {
        String key = ObjectKeys.product(requestId, resultId, Variant.VOICE, name);
        UploadGrant grant = given(service())
                .body(new UploadRequest(key, kind, Optional.of(requestId), contentType, bytes.length))
                .post(StorageApi.UPLOADS)
                .then()
                .statusCode(200)
                .extract()
                .as(UploadGrant.class);
        assertThat(Mesh.put(grant.url(), grant.headers(), bytes).statusCode()).isEqualTo(200);
        return Mesh.reference(key, contentType, bytes);
    }

    private FaceGenerated faceGenerated(ObjectRef face) {
        return new FaceGenerated(
                requestId,
                resultId,
                Variant.VOICE,
                face,
                27,
                Gender.FEMALE,
                OptionalInt.empty(),
                Optional.empty(),
                new Target(face, Optional.of("woman-1")),
                false,
                List.of(),
                List.of(),
                Instant.now());
    }

    private VideoSwapped videoSwapped(ObjectRef clip, Optional<ObjectRef> gif, Optional<ObjectRef> poster) {
        return new VideoSwapped(
                requestId,
                resultId,
                Variant.VOICE,
                clip,
                gif,
                poster,
                720,
                720,
                96,
                96,
                4,
                List.of(),
                List.of(),
                Instant.now());
    }

    private static RequestSpecification service() {
        return given().contentType(ContentType.JSON).header("Authorization", "Bearer " + Servers.TOKEN);
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
