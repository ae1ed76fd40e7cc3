package io.voice2face.face.job;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;

import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.ObjectKeys;
import io.voice2face.contracts.event.FaceGenerated;
import io.voice2face.contracts.event.JobFailed;
import io.voice2face.contracts.event.JobProgressed;
import io.voice2face.contracts.event.MediaKind;
import io.voice2face.contracts.event.ModelUse;
import io.voice2face.contracts.event.ObjectRef;
import io.voice2face.contracts.event.Reasons;
import io.voice2face.contracts.event.Stage;
import io.voice2face.contracts.event.StageTiming;
import io.voice2face.contracts.event.Variant;
import io.voice2face.contracts.event.VoiceSubmitted;
import io.voice2face.face.generation.FaceStudio;
import io.voice2face.face.generation.MadeFace;
import io.voice2face.face.timing.StopWatch;
import io.voice2face.face.voice.HeardVoice;
import io.voice2face.face.voice.RejectedVoiceException;
import io.voice2face.face.voice.VoiceListener;
import io.voice2face.messaging.Delivery;
import io.voice2face.messaging.EventHandler;
import io.voice2face.messaging.EventPublisher;
import io.voice2face.messaging.MeshMetrics;
import io.voice2face.messaging.OutageException;
import io.voice2face.messaging.PermanentFailureException;
import io.voice2face.messaging.WorkerPool;
import io.voice2face.storage.client.StorageClient;
import io.voice2face.storage.client.StorageException;
import io.voice2face.storage.client.WorkFolder;

/**
 * One job: download → listen → for each variant: generate → upload → announce. Everything is drawn from the event, so
 * doing it twice writes the same bytes under the same keys and announces the same event ids.
 */
@ApplicationScoped
public class FaceJob implements EventHandler<VoiceSubmitted> {
    private static final Logger LOG = Logger.getLogger(FaceJob.class);
    private static final String PNG = "image/png";
    private static final int ANALYSIS_STEPS = 2;

    private final StorageClient storage;
    private final EventPublisher publisher;
    private final WorkerPool workers;
    private final VoiceListener listener;
    private final FaceStudio studio;
    private final CancelledResults cancelled;
    private final MeshMetrics metrics;
    private final WorkFolder work;

    FaceJob(
            StorageClient storage,
            EventPublisher publisher,
            WorkerPool workers,
            VoiceListener listener,
            FaceStudio studio,
            CancelledResults cancelled,
            MeshMetrics metrics,
            WorkFolder work) {
        this.storage = storage;
        this.publisher = publisher;
        this.workers = workers;
        this.listener = listener;
        this.studio = studio;
        this.cancelled = cancelled;
        this.metrics = metrics;
        this.work = work;
    }

    @Override
    public Uni<Void> handle(VoiceSubmitted job, Delivery delivery) {
        return begin(job)
                .chain(folder -> listen(job, folder)
                        .chain(heard -> draw(job, heard, folder))
                        .eventually(() -> discard(folder)))
                .invoke(() -> metrics.job("succeeded"))
                .onFailure(StorageException.class)
                .transform(failure -> classified(job, (StorageException) failure))
                .onFailure(RejectedVoiceException.class)
                .recoverWithUni(failure -> reject(job, (RejectedVoiceException) failure))
                .onFailure(CancelledException.class)
                .recoverWithUni(failure -> {
                    LOG.infof("%s", failure.getMessage());
                    metrics.job("cancelled");
                    return Uni.createFrom().voidItem();
                });
    }

    private Uni<Void> discard(Path folder) {
        return workers.run(() -> {
            work.discard(folder);
            return null;
        });
    }

    @Override
    public Uni<Void> giveUp(VoiceSubmitted job, Throwable failure) {
        if (cancelled.contains(job.requestId(), job.resultId())) {
            return Uni.createFrom().voidItem();
        }
        String reason = storageReason(failure).orElse(Reasons.INTERNAL);
        return publisher
                .publish(failed(
                        job,
                        JobFailed.Fault.SYSTEM,
                        reason,
                        "The face could not be made because of a fault on our side.",
                        Map.of()))
                .invoke(() -> metrics.job("failed"));
    }

    private Uni<Path> begin(VoiceSubmitted job) {
        progress(job, Optional.empty(), Stage.ANALYSING, 0, ANALYSIS_STEPS);
        return workers.run(() -> {
            stopIfCancelled(job);
            return work.create(job.resultId().toString());
        });
    }

    private Uni<Listened> listen(VoiceSubmitted job, Path folder) {
        StopWatch watch = new StopWatch(metrics::stage);
        long begun = System.nanoTime();
        return storage.download(job.voice(), folder)
                .invoke(file -> {
                    watch.note("download", begun, "succeeded");
                    progress(job, Optional.empty(), Stage.ANALYSING, 1, ANALYSIS_STEPS);
                })
                .chain(file -> workers.run(() -> {
                    stopIfCancelled(job);
                    return new Listened(listener.listen(file, watch), watch.timings());
                }))
                .invoke(() -> progress(job, Optional.empty(), Stage.ANALYSING, ANALYSIS_STEPS, ANALYSIS_STEPS));
    }

    private Uni<Void> draw(VoiceSubmitted job, Listened listened, Path folder) {
        int total = Variant.values().length;
        progress(job, Optional.empty(), Stage.GENERATING, 0, total);
        // One after the other: both want all cores, and the first face is on its way while the second is made.
        return drawVariant(job, Variant.VOICE, listened, folder)
                .invoke(() -> progress(job, Optional.of(Variant.VOICE), Stage.GENERATING, 1, total))
                .chain(() -> drawVariant(job, Variant.CONDITION, listened, folder))
                .invoke(() -> progress(job, Optional.of(Variant.CONDITION), Stage.GENERATING, total, total));
    }

    private Uni<Void> drawVariant(VoiceSubmitted job, Variant variant, Listened listened, Path folder) {
        StopWatch watch = new StopWatch(metrics::stage);
        Path file = folder.resolve(variant.pathSegment() + ".png");
        String key = ObjectKeys.product(job.requestId(), job.resultId(), variant, "face.png");
        return workers.run(() -> {
                    stopIfCancelled(job);
                    MadeFace face = variant == Variant.VOICE
                            ? studio.fromVoice(listened.voice(), job.skinTone(), job.attempt(), watch)
                            : studio.fromStatement(
                                    job.requestId(), job.gender(), job.age(), job.skinTone(), job.attempt(), watch);
                    watch.time("png", () -> {
                        face.picture().writePng(file);
                        return file;
                    });
                    return face;
                })
                .chain(face -> {
                    long begun = System.nanoTime();
                    return storage.upload(key, MediaKind.FACE, Optional.of(job.requestId()), PNG, file)
                            .invoke(() -> watch.note("upload", begun, "succeeded"))
                            .chain(object -> announce(job, variant, listened, face, object, watch));
                });
    }

    private Uni<Void> announce(
            VoiceSubmitted job, Variant variant, Listened listened, MadeFace face, ObjectRef object, StopWatch watch) {
        if (cancelled.contains(job.requestId(), job.resultId())) {
            return Uni.createFrom().failure(new CancelledException(job));
        }
        List<StageTiming> timings = new ArrayList<>(listened.timings());
        timings.addAll(watch.timings());
        List<ModelUse> models = new ArrayList<>(listener.models());
        models.addAll(face.models());
        return publisher.publish(new FaceGenerated(
                job.requestId(),
                job.resultId(),
                variant,
                object,
                face.age(),
                face.gender(),
                job.skinTone(),
                Optional.of(listened.voice().toEvent()),
                job.target(),
                job.gifPreview(),
                List.copyOf(models),
                List.copyOf(timings),
                Instant.now()));
    }

    private Uni<Void> reject(VoiceSubmitted job, RejectedVoiceException rejection) {
        LOG.infof("rejected: %s", rejection.getMessage());
        metrics.job("rejected");
        return publisher.publish(
                failed(job, JobFailed.Fault.INPUT, rejection.reason(), rejection.getMessage(), rejection.details()));
    }

    private static JobFailed failed(
            VoiceSubmitted job, JobFailed.Fault fault, String reason, String message, Map<String, Object> details) {
        return new JobFailed(
                job.requestId(),
                job.resultId(),
                Optional.empty(),
                fault == JobFailed.Fault.INPUT ? Stage.ANALYSING : Stage.GENERATING,
                fault,
                reason,
                message,
                details,
                Instant.now());
    }

    private void progress(VoiceSubmitted job, Optional<Variant> variant, Stage stage, long done, long total) {
        publisher.announce(new JobProgressed(
                job.requestId(), job.resultId(), variant, stage, done, total, OptionalDouble.empty(), Instant.now()));
    }

    private void stopIfCancelled(VoiceSubmitted job) throws CancelledException {
        if (cancelled.contains(job.requestId(), job.resultId())) {
            throw new CancelledException(job);
        }
    }

    /** Outages are waited out; an object that is gone stays gone, be it by the person's own wish. */
    private Throwable classified(VoiceSubmitted job, StorageException failure) {
        if (failure.isTransient()) {
            return new OutageException(failure.getMessage(), failure);
        }
        if (!failure.reason().equals(Reasons.OBJECT_MISSING)) {
            return failure;
        }
        return cancelled.contains(job.requestId(), job.resultId())
                ? new CancelledException(job)
                : new PermanentFailureException(failure.getMessage(), failure);
    }

    private static Optional<String> storageReason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StorageException storage) {
                return Optional.of(storage.reason());
            }
        }
        return Optional.empty();
    }

    /** What was heard, and how long hearing it took. */
    private record Listened(HeardVoice voice, List<StageTiming> timings) {}

    /** The person does not want the result any more. */
    private static final class CancelledException extends Exception {
        private static final long serialVersionUID = 1L;

        CancelledException(VoiceSubmitted job) {
            super("result " + job.resultId() + " was cancelled or erased");
        }
    }
}
