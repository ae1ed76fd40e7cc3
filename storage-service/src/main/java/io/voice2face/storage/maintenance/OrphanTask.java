package io.voice2face.storage.maintenance;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.voice2face.storage.config.StorageSettings;
import io.voice2face.storage.domain.ObjectRegister;
import io.voice2face.storage.objectstore.ObjectStore;

/**
 * Deletes objects that no row knows: those put and never announced, after a time of grace, and those put after their
 * request was erased, at once.
 */
@ApplicationScoped
class OrphanTask implements MaintenanceTask {
    private static final Logger LOG = Logger.getLogger(OrphanTask.class);
    private static final int PAGE = 500;
    private static final Pattern REQUEST = Pattern.compile("requests/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/.*");

    private final StorageSettings settings;
    private final ObjectRegister register;
    private final ObjectStore store;

    OrphanTask(StorageSettings settings, ObjectRegister register, ObjectStore store) {
        this.settings = settings;
        this.register = register;
        this.store = store;
    }

    @Override
    public String name() {
        return "orphans";
    }

    @Override
    public Duration every() {
        return settings.orphans().every();
    }

    @Override
    public Uni<Long> run() {
        return sweep(Instant.now().minus(settings.orphans().grace()));
    }

    /** Deletes the objects without a row that were put before an instant, and all of erased requests. */
    Uni<Long> sweep(Instant putBefore) {
        return sweepAfter(Optional.empty(), putBefore, 0);
    }

    private Uni<Long> sweepAfter(Optional<String> key, Instant putBefore, long already) {
        return store.page(key, PAGE).chain(page -> {
            if (page.isEmpty()) {
                return Uni.createFrom().item(already);
            }
            return orphansAmong(page, putBefore)
                    .call(store::delete)
                    .invoke(orphans -> orphans.forEach(orphan -> LOG.infof("deleted orphan %s", orphan)))
                    .chain(orphans -> sweepAfter(
                            Optional.of(page.get(page.size() - 1).key()), putBefore, already + orphans.size()));
        });
    }

    private Uni<List<String>> orphansAmong(List<ObjectStore.Listed> page, Instant putBefore) {
        List<String> keys = page.stream().map(ObjectStore.Listed::key).toList();
        Set<UUID> requests =
                keys.stream().flatMap(key -> requestOf(key).stream()).collect(Collectors.toSet());
        return Panache.withSession(() -> register.known(keys)
                .chain(known -> register.erasedAmong(requests).map(erased -> page.stream()
                        .filter(object -> !known.contains(object.key()))
                        .filter(object -> object.lastModified().isBefore(putBefore)
                                || requestOf(object.key())
                                        .filter(erased::contains)
                                        .isPresent())
                        .map(ObjectStore.Listed::key)
                        .toList())));
    }

    private static Optional<UUID> requestOf(String key) {
        Matcher matcher = REQUEST.matcher(key);
        return matcher.matches() ? Optional.of(UUID.fromString(matcher.group(1))) : Optional.empty();
    }
}
