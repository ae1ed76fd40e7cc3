package io.voice2face.storage.maintenance;

import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;

import org.jboss.logging.Logger;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.event.Reasons;
import io.voice2face.contracts.storage.StorageApi;
import io.voice2face.storage.config.StorageSettings;
import io.voice2face.storage.domain.ObjectRegister;
import io.voice2face.storage.domain.StorageFault;

/** Runs the tasks when they are due, on whichever instance is first, and says when they last ran. */
@ApplicationScoped
public class Maintenance {
    private static final Logger LOG = Logger.getLogger(Maintenance.class);

    private final Map<String, MaintenanceTask> tasks;
    private final MaintenanceRuns runs;
    private final ObjectRegister register;
    private final StorageMetrics metrics;
    private final StorageSettings settings;

    Maintenance(
            @Any Instance<MaintenanceTask> tasks,
            MaintenanceRuns runs,
            ObjectRegister register,
            StorageMetrics metrics,
            StorageSettings settings) {
        this.tasks = tasks.stream().collect(Collectors.toMap(MaintenanceTask::name, Function.identity()));
        this.runs = runs;
        this.register = register;
        this.metrics = metrics;
        this.settings = settings;
    }

    @Scheduled(
            identity = "maintenance",
            every = "${v2f.maintenance-tick:15s}",
            delayed = "5s",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    Uni<Void> tick() {
        Uni<Void> all = Panache.withSession(register::holdings)
                .invoke(metrics::holdings)
                .replaceWithVoid();
        for (MaintenanceTask task : tasks.values()) {
            all = all.chain(() -> runIfDue(task, task.every()));
        }
        return all.onFailure()
                .invoke(failure -> LOG.warnf("maintenance not possible at the moment: %s", failure.getMessage()))
                .onFailure()
                .recoverWithNull();
    }

    /**
     * Runs a task now, due or not.
     *
     * @return what came of it; fails if there is no such task
     */
    public Uni<StorageApi.MaintenanceJob> runNow(String job) {
        MaintenanceTask task = tasks.get(job);
        if (task == null) {
            throw new StorageFault(StorageFault.Kind.MISSING, "unknown_job", "there is no maintenance job " + job);
        }
        return runIfDue(task, Duration.ZERO).chain(this::state).map(state -> state.jobs().stream()
                .filter(known -> known.job().equals(job))
                .findFirst()
                .orElseThrow(() -> new StorageFault(
                        StorageFault.Kind.MISSING, Reasons.INTERNAL, "the row of the job is missing")));
    }

    /** Retention, and when each task last ran on any instance. */
    public Uni<StorageApi.Maintenance> state() {
        return runs.all()
                .map(rows -> new StorageApi.Maintenance(
                        settings.retentionByKind(),
                        rows.stream()
                                .filter(row -> tasks.containsKey(row.job()))
                                .map(this::describe)
                                .toList()));
    }

    private StorageApi.MaintenanceJob describe(MaintenanceRun row) {
        return new StorageApi.MaintenanceJob(
                row.job(),
                tasks.get(row.job()).every(),
                row.startedAt(),
                row.finishedAt(),
                row.handled(),
                row.handledInAll(),
                row.failure());
    }

    private Uni<Void> runIfDue(MaintenanceTask task, Duration every) {
        return runs.claim(task.name(), every)
                .chain(mine -> mine ? run(task) : Uni.createFrom().voidItem());
    }

    private Uni<Void> run(MaintenanceTask task) {
        return task.run()
                .invoke(handled -> metrics.handled(task.name(), handled))
                .chain(handled -> runs.succeeded(task.name(), handled))
                .onFailure()
                .invoke(failure -> LOG.warnf("%s failed: %s", task.name(), failure.getMessage()))
                .onFailure()
                .recoverWithUni(failure -> runs.failed(task.name(), String.valueOf(failure.getMessage())));
    }
}
