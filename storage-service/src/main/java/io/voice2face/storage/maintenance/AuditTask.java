package io.voice2face.storage.maintenance;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.voice2face.storage.config.StorageSettings;
import io.voice2face.storage.domain.ObjectRegister;
import io.voice2face.storage.domain.StoredObject;
import io.voice2face.storage.objectstore.ObjectStore;

/**
 * Reads kept objects again and compares them with their checksums, those first that were checked longest ago. What is
 * damaged is not served any more; of what is lost the row is deleted. Both are written down in {@code audit_finding}.
 */
@ApplicationScoped
class AuditTask implements MaintenanceTask {
    private static final Logger LOG = Logger.getLogger(AuditTask.class);

    private final StorageSettings settings;
    private final ObjectRegister register;
    private final ObjectStore store;

    AuditTask(StorageSettings settings, ObjectRegister register, ObjectStore store) {
        this.settings = settings;
        this.register = register;
        this.store = store;
    }

    @Override
    public String name() {
        return "audit";
    }

    @Override
    public Duration every() {
        return settings.audit().every();
    }

    @Override
    public Uni<Long> run() {
        Instant checkedBefore = Instant.now().minus(settings.audit().recheckAfter());
        return Panache.withSession(() ->
                        register.dueForAudit(checkedBefore, settings.audit().objectsPerRun()))
                .chain(this::checkAll);
    }

    private Uni<Long> checkAll(List<StoredObject> due) {
        Uni<Long> faulty = Uni.createFrom().item(0L);
        for (StoredObject object : due) {
            faulty = faulty.chain(before -> check(object).map(ok -> ok ? before : before + 1));
        }
        return faulty;
    }

    private Uni<Boolean> check(StoredObject object) {
        return store.digest(object.key())
                .chain(content -> Panache.withTransaction(() -> register.lookUp(object.key())
                        .chain(row -> row.filter(now -> now.reference().equals(object.reference()))
                                .map(now -> conclude(now, content))
                                // Erased or replaced while it was read: nothing to conclude.
                                .orElseGet(() -> Uni.createFrom().item(true)))));
    }

    private Uni<Boolean> conclude(StoredObject object, Optional<ObjectStore.Content> content) {
        Instant now = Instant.now();
        if (content.isEmpty()) {
            LOG.errorf("audit: %s is lost", object.key());
            return register.recordFinding(object, "lost", now)
                    .chain(() -> register.forget(List.of(object.key())))
                    .replaceWith(false);
        }
        if (!content.get().sha256().equals(object.reference().sha256())) {
            LOG.errorf("audit: %s is damaged", object.key());
            return register.recordFinding(object, "damaged", now)
                    .chain(() -> register.markDamaged(object.key(), now))
                    .replaceWith(false);
        }
        return register.markAudited(object.key(), now).replaceWith(true);
    }
}
