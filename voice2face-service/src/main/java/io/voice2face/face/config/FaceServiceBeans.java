package io.voice2face.face.config;

import java.io.IOException;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

import io.quarkus.runtime.Startup;
import io.vertx.mutiny.core.Vertx;
import io.voice2face.messaging.WorkerPool;
import io.voice2face.storage.client.StorageClient;
import io.voice2face.storage.client.WorkFolder;

/** What libraries offer as plain classes, made from the settings. */
@ApplicationScoped
public class FaceServiceBeans {

    @Startup
    @Produces
    @Singleton
    WorkFolder workFolder(FaceServiceSettings settings) throws IOException {
        return WorkFolder.open(settings.workFolder());
    }

    @Produces
    @Singleton
    StorageClient storage(Vertx vertx, FaceServiceSettings settings) {
        return StorageClient.create(
                vertx,
                settings.storage().url(),
                settings.serviceToken(),
                settings.storage().patience());
    }

    void close(@Disposes StorageClient storage) {
        storage.close();
    }

    @Produces
    @Singleton
    WorkerPool workers(FaceServiceSettings settings) {
        return new WorkerPool(
                "face",
                settings.workers().threads(),
                settings.workers().queue(),
                settings.workers().closeTimeout());
    }

    void close(@Disposes WorkerPool workers) {
        workers.close();
    }
}
