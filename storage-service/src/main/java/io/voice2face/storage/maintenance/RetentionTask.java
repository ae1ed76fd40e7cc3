package io.voice2face.storage.maintenance;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.event.MediaKind;
import io.voice2face.storage.config.StorageSettings;
import io.voice2face.storage.domain.ObjectRegister;
import io.voice2face.storage.domain.StoredObject;
import io.voice2face.storage.objectstore.ObjectStore;

/**
 * Deletes what has been kept as long as it may be. Rows are taken with {@code for update skip locked}: instances that
 * work at the same time take different ones. The object goes before its row, so that a row that is gone means that the
 * object is.
 */
@ApplicationScoped
class RetentionTask implements MaintenanceTask {
    private final StorageSettings settings;
    private final ObjectRegister register;
    private final ObjectStore store;

    RetentionTask(StorageSettings settings, ObjectRegister register, ObjectStore store) {
        this.settings = settings;
        this.register = register;
        this.store = store;
    }

    @Override
    public String name() {
        return "retention";
    }

    @Override
    public Duration every() {
        return settings.retention().every();
    }

    @Override
    public Uni<Long> run() {
        Instant now = Instant.now();
        Uni<Long> deleted = Uni.createFrom().item(0L);
        for (Map.Entry<MediaKind, Duration> kept : settings.retentionByKind().entrySet()) {
            deleted = deleted.chain(before -> deleteAll(kept.getKey(), now.minus(kept.getValue()), before));
        }
        return deleted;
    }

    private Uni<Long> deleteAll(MediaKind kind, Instant acceptedBefore, long already) {
        return deleteBatch(kind, acceptedBefore)
                .chain(count ->
                        count == 0 ? Uni.createFrom().item(already) : deleteAll(kind, acceptedBefore, already + count));
    }

    private Uni<Integer> deleteBatch(MediaKind kind, Instant acceptedBefore) {
        return Panache.withTransaction(() -> register.takeExpired(
                        kind, acceptedBefore, settings.retention().batch())
                .map(rows -> rows.stream().map(StoredObject::key).toList())
                .chain(keys ->
                        store.delete(keys).chain(() -> register.forget(keys)).replaceWith(keys.size())));
    }
}
