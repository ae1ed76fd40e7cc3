package io.voice2face.storage.maintenance;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;

import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.vertx.VertxContextSupport;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.ObjectKeys;
import io.voice2face.contracts.event.MediaKind;
import io.voice2face.contracts.event.ObjectRef;
import io.voice2face.contracts.event.Variant;
import io.voice2face.contracts.storage.StorageApi;
import io.voice2face.contracts.storage.StorageApi.Acceptance;
import io.voice2face.contracts.storage.StorageApi.UploadGrant;
import io.voice2face.contracts.storage.StorageApi.UploadRequest;
import io.voice2face.storage.Mesh;
import io.voice2face.storage.Servers;
import io.voice2face.storage.objectstore.ObjectStore;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

@QuarkusTest
@WithTestResource(Servers.class)
class MaintenanceTest {
    private static final byte[] BYTES = "some bytes".getBytes(StandardCharsets.UTF_8);

    @Inject
    RetentionTask retention;

    @Inject
    OrphanTask orphans;

    @Inject
    MaintenanceRuns runs;

    @Inject
    ObjectStore store;

    @Inject
    AgroalDataSource database;

    private final UUID requestId = UUID.randomUUID();

    @Test
    void whatHasBeenKeptLongEnoughIsDeletedByKind() {
        ObjectRef oldVoice = kept(ObjectKeys.voice(requestId), MediaKind.VOICE, "audio/webm");
        ObjectRef oldFace = kept(face("old"), MediaKind.FACE, "image/png");
        ObjectRef target = kept(ObjectKeys.target(requestId), MediaKind.TARGET, "video/mp4");
        age("accepted_at", Duration.ofDays(31));
        ObjectRef newVoice = kept(ObjectKeys.requestPrefix(requestId) + "voice-2", MediaKind.VOICE, "audio/webm");

        run("retention").body("handled", equalTo(1)).body("job", equalTo("retention"));

        assertThat(registered()).containsExactlyInAnyOrder(oldFace.key(), target.key(), newVoice.key());
        assertThat(inStore(oldVoice.key())).isFalse();
        assertThat(inStore(oldFace.key())).isTrue();
    }

    @Test
    void twoInstancesShareWhatHasExpiredWithoutDoubling() {
        List<ObjectRef> faces = IntStream.range(0, 10)
                .mapToObj(number -> kept(face("f" + number), MediaKind.FACE, "image/png"))
                .toList();
        age("accepted_at", Duration.ofDays(61));

        CompletableFuture<Long> one = CompletableFuture.supplyAsync(() -> on(retention::run));
        CompletableFuture<Long> other = CompletableFuture.supplyAsync(() -> on(retention::run));

        assertThat(one.join() + other.join()).isEqualTo(faces.size());
        assertThat(registered()).isEmpty();
        assertThat(faces).noneMatch(face -> inStore(face.key()));
    }

    @Test
    void ofManyInstancesOneRunsADueJob() throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "update maintenance_run set started_at = now() - interval '2 hours' where job = 'audit'")) {
            update.executeUpdate();
        }

        List<CompletableFuture<Boolean>> claims = IntStream.range(0, 6)
                .mapToObj(instance ->
                        CompletableFuture.supplyAsync(() -> on(() -> runs.claim("audit", Duration.ofHours(1)))))
                .toList();

        assertThat(claims.stream().filter(CompletableFuture::join)).hasSize(1);
    }

    @Test
    void objectsThatNobodyAnnouncedGoAfterTheGrace() {
        ObjectRef registered = kept(ObjectKeys.voice(requestId), MediaKind.VOICE, "audio/webm");
        ObjectRef orphan = put(face("orphan"), MediaKind.FACE, "image/png");

        run("orphans").body("failure", equalTo(null));
        assertThat(inStore(orphan.key())).as("within the grace").isTrue();

        Instant afterTheGrace = Instant.now().plusSeconds(60);
        assertThat(on(() -> orphans.sweep(afterTheGrace))).isGreaterThanOrEqualTo(1);
        assertThat(inStore(orphan.key())).isFalse();
        assertThat(inStore(registered.key())).isTrue();
    }

    @Test
    void whatIsPutAfterTheErasureGoesWithoutGrace() {
        UploadGrant late = grant(face("late"), MediaKind.FACE, "image/png");
        given(service())
                .delete(StorageApi.REQUESTS + "/" + requestId + "/objects")
                .then()
                .statusCode(200);
        Mesh.put(late.url(), late.headers(), BYTES);

        run("orphans");

        assertThat(inStore(face("late"))).isFalse();
    }

    @Test
    void theAuditFindsWhatWasChangedAndWhatWasLost() throws Exception {
        ObjectRef good = kept(face("good"), MediaKind.FACE, "image/png");
        ObjectRef changed = kept(face("changed"), MediaKind.FACE, "image/png");
        ObjectRef lost = kept(face("lost"), MediaKind.FACE, "image/png");
        UploadGrant again = grant(changed.key(), MediaKind.FACE, "image/png");
        Mesh.put(again.url(), again.headers(), "other bytes".getBytes(StandardCharsets.UTF_8));
        on(() -> store.delete(List.of(lost.key())).replaceWith(true));
        age("audited_at", Duration.ofDays(8));

        run("audit").body("handled", equalTo(2));

        assertThat(findings()).containsExactlyInAnyOrder(changed.key() + " damaged", lost.key() + " lost");
        download(changed.key()).statusCode(409).body("reason", equalTo("checksum_mismatch"));
        download(lost.key()).statusCode(404);
        download(good.key()).statusCode(200);
        run("audit").body("handled", equalTo(0));
    }

    @Test
    void theStateSaysHowLongThingsAreKeptAndWhenJobsRan() {
        run("retention");

        given(service())
                .get(StorageApi.MAINTENANCE)
                .then()
                .statusCode(200)
                .body("retention.voice", equalTo("PT720H"))
                .body("retention.containsKey('target')", equalTo(false))
                .body("jobs.job", equalTo(List.of("audit", "orphans", "retention")))
                .body("jobs.find { it.job == 'retention' }.finishedAt != null", equalTo(true));
    }

    @Test
    void anUnknownJobIsSaidToBeUnknown() {
        given(service())
                .post(StorageApi.MAINTENANCE + "/spring-cleaning/runs")
                .then()
                .statusCode(404)
                .body("reason", equalTo("unknown_job"));
    }

    @Test
    void metricsSayHowMuchIsKept() {
        kept(ObjectKeys.target(requestId), MediaKind.TARGET, "video/mp4");

        await().atMost(Mesh.PATIENCE)
                .untilAsserted(() -> assertThat(given().get("/q/metrics").asString())
                        .containsPattern("v2f_storage_bytes\\{.*kind=\"target\".*} [1-9]")
                        .containsPattern("v2f_storage_objects\\{.*kind=\"target\".*} [1-9]"));
    }

    private String face(String name) {
        return ObjectKeys.product(requestId, requestId, Variant.VOICE, name + ".png");
    }

    private UploadGrant grant(String key, MediaKind kind, String contentType) {
        return given(service())
                .body(new UploadRequest(key, kind, Optional.of(requestId), contentType, BYTES.length))
                .post(StorageApi.UPLOADS)
                .then()
                .statusCode(200)
                .extract()
                .as(UploadGrant.class);
    }

    private ObjectRef put(String key, MediaKind kind, String contentType) {
        UploadGrant grant = grant(key, kind, contentType);
        assertThat(Mesh.put(grant.url(), grant.headers(), BYTES).statusCode()).isEqualTo(200);
        return Mesh.reference(key, contentType, BYTES);
    }

    private ObjectRef kept(String key, MediaKind kind, String contentType) {
        ObjectRef object = put(key, kind, contentType);
        given(service())
                .body(new Acceptance(object, kind, Optional.of(requestId)))
                .post(StorageApi.ACCEPTANCES)
                .then()
                .statusCode(204);
        return object;
    }

    private ValidatableResponse run(String job) {
        return given(service())
                .post(StorageApi.MAINTENANCE + "/" + job + "/runs")
                .then()
                .statusCode(200);
    }

    private ValidatableResponse download(String key) {
        return given(service())
                .body(new StorageApi.DownloadRequest(
                        key, StorageApi.Audience.SERVICE, Optional.empty(), Optional.empty()))
                .post(StorageApi.DOWNLOADS)
                .then();
    }

    private boolean inStore(String key) {
        return on(() -> store.size(key)).isPresent();
    }

    private List<String> registered() {
        return given(service())
                .get(StorageApi.REQUESTS + "/" + requestId + "/objects")
                .then()
                .extract()
                .path("objects.object.key");
    }

    /** Lets the rows of this test's request look older. */
    private void age(String column, Duration age) {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "update stored_object set " + column + " = ? where request_id = ?")) {
            update.setTimestamp(1, Timestamp.from(Instant.now().minus(age)));
            update.setObject(2, requestId);
            update.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> findings() throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement query = connection.prepareStatement(
                        "select object_key || ' ' || finding from audit_finding where request_id = ?")) {
            query.setObject(1, requestId);
            List<String> found = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
            return found;
        }
    }

    private static <T> T on(Supplier<Uni<T>> work) {
        try {
            return VertxContextSupport.subscribeAndAwait(work);
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static RequestSpecification service() {
        return given().contentType(ContentType.JSON).header("Authorization", "Bearer " + Servers.TOKEN);
    }
}
