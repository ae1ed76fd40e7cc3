package io.voice2face.face.mesh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.voice2face.embedded.EmbeddedKafka;

/** A real broker with the mesh's topics, and storage, for one run of the tests. */
public class FaceServiceResource implements QuarkusTestResourceLifecycleManager {
    private EmbeddedKafka kafka;
    private FolderStorage storage;

    @Override
    public Map<String, String> start() {
        try {
            Path folder = Files.createTempDirectory("face-service-test-");
            kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
            storage = FolderStorage.start();
            return Map.of(
                    "kafka.bootstrap.servers",
                    kafka.bootstrapServers(),
                    "v2f.storage.url",
                    storage.url().toString(),
                    "v2f.work-folder",
                    folder.resolve("work").toString(),
                    "v2f.messaging.retry.initial-delay",
                    "50ms");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        storage.close();
        kafka.close();
    }
}
