package io.voice2face.storage.objectstore;

import java.time.Duration;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jboss.logging.Logger;

import io.quarkus.runtime.StartupEvent;

/** Makes the bucket at start; where the store is not there yet, as soon as it is. Readiness says so meanwhile. */
@ApplicationScoped
class BucketPreparation {
    private static final Logger LOG = Logger.getLogger(BucketPreparation.class);

    private final ObjectStore store;

    BucketPreparation(ObjectStore store) {
        this.store = store;
    }

    void prepare(@Observes StartupEvent event) {
        store.prepareBucket()
                .onFailure()
                .invoke(failure -> LOG.warnf("bucket %s not prepared yet: %s", store.bucket(), failure.getMessage()))
                .onFailure()
                .retry()
                .withBackOff(Duration.ofMillis(500), Duration.ofSeconds(5))
                .indefinitely()
                .subscribe()
                .with(
                        refusal -> LOG.infof(
                                "bucket %s is there, %s",
                                store.bucket(),
                                refusal.map(code -> "private by default: the store takes no bucket policy, " + code)
                                        .orElse("closed by policy")),
                        failure -> LOG.errorf(failure, "bucket %s could not be prepared", store.bucket()));
    }
}
