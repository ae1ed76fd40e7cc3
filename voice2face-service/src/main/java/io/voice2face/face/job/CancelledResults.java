package io.voice2face.face.job;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;

/** Results that were cancelled and requests that were erased lately; nothing more is done for them. Thread-safe. */
@ApplicationScoped
public class CancelledResults {
    private static final int REMEMBERED = 10_000;

    private final Set<UUID> results = bounded();
    private final Set<UUID> requests = bounded();

    /** Remembers that a result was cancelled. */
    public void cancel(UUID resultId) {
        results.add(resultId);
    }

    /** Remembers that a request was erased, with all of its results. */
    public void erase(UUID requestId) {
        requests.add(requestId);
    }

    /** True where nothing more is to be done. */
    public boolean contains(UUID requestId, UUID resultId) {
        return results.contains(resultId) || requests.contains(requestId);
    }

    private static Set<UUID> bounded() {
        return Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<UUID, Boolean> eldest) {
                return size() > REMEMBERED;
            }
        }));
    }
}
