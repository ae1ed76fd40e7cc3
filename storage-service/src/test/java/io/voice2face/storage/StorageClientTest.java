package io.voice2face.storage;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;

import jakarta.inject.Inject;

import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.core.Vertx;
import io.voice2face.contracts.ObjectKeys;
import io.voice2face.contracts.event.MediaKind;
import io.voice2face.contracts.event.ObjectRef;
import io.voice2face.contracts.storage.StorageApi;
import io.voice2face.storage.client.StorageClient;
import io.voice2face.storage.client.StorageException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** The client library against the real service. */
@QuarkusTest
@WithTestResource(Servers.class)
class StorageClientTest {
    @Inject
    Vertx vertx;

    @TempDir
    Path folder;

    private final UUID requestId = UUID.randomUUID();
    private StorageClient storage;

    @BeforeEach
    void connect() {
        storage = client(Servers.TOKEN, Duration.ofSeconds(10));
    }

    @AfterEach
    void disconnect() {
        storage.close();
    }

    @Test
    void aFileGoesThroughStorageUnchanged() throws IOException {
        byte[] bytes = new byte[5_000_000];
        new Random(7).nextBytes(bytes);
        Path file = Files.write(folder.resolve("clip.mp4"), bytes);

        ObjectRef object = storage.upload(
                        ObjectKeys.target(requestId), MediaKind.TARGET, Optional.of(requestId), "video/mp4", file)
                .await()
                .atMost(Mesh.PATIENCE);
        storage.accept(object, MediaKind.TARGET, Optional.of(requestId)).await().atMost(Mesh.PATIENCE);
        Path fetched = storage.download(object, folder).await().atMost(Mesh.PATIENCE);

        assertThat(object).isEqualTo(Mesh.reference(object.key(), "video/mp4", bytes));
        assertThat(Files.readAllBytes(fetched)).isEqualTo(bytes);
        assertThat(storage.erase(requestId).await().atMost(Mesh.PATIENCE).objects())
                .isEqualTo(1);
    }

    @Test
    void aDownloadOfOtherBytesFailsAndLeavesNoFile() throws IOException {
        Path file = Files.writeString(folder.resolve("voice"), "sound");
        ObjectRef object = storage.upload(
                        ObjectKeys.voice(requestId), MediaKind.VOICE, Optional.of(requestId), "audio/webm", file)
                .await()
                .atMost(Mesh.PATIENCE);
        Files.delete(file);
        ObjectRef other = new ObjectRef(object.key(), object.contentType(), object.size(), "0".repeat(64));

        StorageException failure = catchThrowableOfType(
                StorageException.class,
                () -> storage.download(other, folder).await().atMost(Mesh.PATIENCE));

        assertThat(failure.reason()).isEqualTo("checksum_mismatch");
        assertThat(failure.isTransient()).isFalse();
        assertThat(filesIn(folder)).isEmpty();
    }

    @Test
    void whatIsMissingIsSaidToBeMissingAtOnce() {
        ObjectRef object = Mesh.reference(ObjectKeys.voice(requestId), "audio/webm", new byte[] {1});

        assertThat(catchThrowableOfType(
                        StorageException.class,
                        () -> storage.download(object, folder).await().atMost(Mesh.PATIENCE)))
                .returns("object_missing", StorageException::reason)
                .returns(404, StorageException::status);
        assertThat(catchThrowableOfType(
                        StorageException.class, () -> storage.accept(object, MediaKind.VOICE, Optional.of(requestId))
                                .await()
                                .atMost(Mesh.PATIENCE)))
                .returns("object_missing", StorageException::reason);
    }

    @Test
    void aLinkForTheBrowserCarriesWhatTheAnswerShallSay() throws IOException {
        Path file = Files.writeString(folder.resolve("face"), "png");
        String key = ObjectKeys.requestPrefix(requestId) + "r/voice/face.png";
        ObjectRef object = storage.upload(key, MediaKind.FACE, Optional.of(requestId), "image/png", file)
                .await()
                .atMost(Mesh.PATIENCE);
        storage.accept(object, MediaKind.FACE, Optional.of(requestId)).await().atMost(Mesh.PATIENCE);

        URI link = storage.grant(new StorageApi.DownloadRequest(
                        key, StorageApi.Audience.PUBLIC, Optional.empty(), Optional.of("inline")))
                .await()
                .atMost(Mesh.PATIENCE)
                .url();

        var answer = Mesh.get(link);
        assertThat(answer.headers().firstValue("Content-Type")).contains("image/png");
        assertThat(answer.headers().firstValue("Content-Disposition")).contains("inline");
    }

    @Test
    void aWrongTokenIsNotTriedAgain() {
        try (StorageClient stranger = client("wrong-token-0123456789", Duration.ofMinutes(5))) {
            assertThat(catchThrowableOfType(
                            StorageException.class,
                            () -> stranger.erase(requestId).await().atMost(Mesh.PATIENCE)))
                    .returns(401, StorageException::status);
        }
    }

    @Test
    void withoutPatienceAnOutageFailsWithAReason() {
        try (StorageClient nowhere =
                StorageClient.create(vertx, URI.create("http://127.0.0.1:1"), Servers.TOKEN, Duration.ZERO)) {
            assertThat(catchThrowableOfType(
                            StorageException.class,
                            () -> nowhere.erase(requestId).await().atMost(Mesh.PATIENCE)))
                    .returns(StorageClient.UNAVAILABLE, StorageException::reason)
                    .returns(true, StorageException::isTransient);
        }
    }

    private StorageClient client(String token, Duration patience) {
        int port = ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
        return StorageClient.create(vertx, URI.create("http://127.0.0.1:" + port), token, patience);
    }

    private static List<Path> filesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
