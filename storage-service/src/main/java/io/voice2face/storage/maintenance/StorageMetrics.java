package io.voice2face.storage.maintenance;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import jakarta.enterprise.context.ApplicationScoped;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.voice2face.contracts.event.MediaKind;
import io.voice2face.storage.domain.ObjectRegister;

/** What storage holds, as metrics. */
@ApplicationScoped
public class StorageMetrics {
    /** Gauge: kept objects. Tag {@link #KIND}. Prometheus: {@code v2f_storage_objects}. */
    public static final String OBJECTS = "v2f.storage.objects";
    /** Gauge: bytes of kept objects. Tag {@link #KIND}. Prometheus: {@code v2f_storage_bytes}. */
    public static final String BYTES = "v2f.storage.bytes";
    /** Counter: objects that a maintenance job deleted or found faulty. Tag {@link #JOB}. */
    public static final String MAINTAINED = "v2f.storage.maintained";

    public static final String KIND = "kind";
    public static final String JOB = "job";

    private final MeterRegistry registry;
    private final Map<MediaKind, AtomicLong> objects = new EnumMap<>(MediaKind.class);
    private final Map<MediaKind, AtomicLong> bytes = new EnumMap<>(MediaKind.class);

    StorageMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (MediaKind kind : MediaKind.values()) {
            String tag = kind.name().toLowerCase(Locale.ROOT);
            objects.put(kind, new AtomicLong());
            bytes.put(kind, new AtomicLong());
            Gauge.builder(OBJECTS, objects.get(kind), AtomicLong::doubleValue)
                    .tag(KIND, tag)
                    .register(registry);
            Gauge.builder(BYTES, bytes.get(kind), AtomicLong::doubleValue)
                    .tag(KIND, tag)
                    .register(registry);
        }
    }

    /** Takes over what the register counts; the same on every instance. */
    void holdings(List<ObjectRegister.Holding> holdings) {
        objects.values().forEach(count -> count.set(0));
        bytes.values().forEach(count -> count.set(0));
        holdings.forEach(holding -> {
            objects.get(holding.kind()).set(holding.objects());
            bytes.get(holding.kind()).set(holding.bytes());
        });
    }

    void handled(String job, long count) {
        registry.counter(MAINTAINED, JOB, job).increment(count);
    }
}
