package io.voice2face.swap.job;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jboss.logging.Logger;

import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.ObjectKeys;
import io.voice2face.contracts.event.FaceGenerated;
import io.voice2face.contracts.event.JobFailed;
import io.voice2face.contracts.event.JobProgressed;
import io.voice2face.contracts.event.MediaKind;
import io.voice2face.contracts.event.ObjectRef;
import io.voice2face.contracts.event.Reasons;
import io.voice2face.contracts.event.Stage;
import io.voice2face.contracts.event.StageTiming;
import io.voice2face.contracts.event.VideoSwapped;
import io.voice2face.media.MediaException;
import io.voice2face.messaging.Delivery;
import io.voice2face.messaging.EventHandler;
import io.voice2face.messaging.EventPublisher;
import io.voice2face.messaging.MeshMetrics;
import io.voice2face.messaging.OutageException;
import io.voice2face.messaging.WorkerPool;
import io.voice2face.storage.client.StorageClient;
import io.voice2face.storage.client.StorageException;
import io.voice2face.storage.client.WorkFolder;
import io.voice2face.swap.FaceSwapper;
import io.voice2face.swap.pipeline.SwapCancelledException;
import io.voice2face.swap.pipeline.SwapOutcome;
import io.voice2face.swap.pipeline.TargetSwapper;

/**
 * What this service does with a face: fetch it and its target, swap, store the products under keys that depend on the
 * result alone, and say so. Doing it twice writes the same objects and sends the same event.
 */
@ApplicationScoped
public class SwapJob implements EventHandler<FaceGenerated> {
    private static final Logger LOG = Logger.getLogger(SwapJob.class);

    private final TargetSwapper targets;
    private final FaceSwapper swapper;
    private final StorageClient storage;
    private final EventPublisher publisher;
    private final WorkerPool workers;
    private final CancelledResults cancelled;
    private final MeshMetrics metrics;
    private final WorkFolder work;
    private final WarmUp warmUp;

    SwapJob(
            TargetSwapper targets,
            FaceSwapper swapper,
            StorageClient storage,
            EventPublisher publisher,
            WorkerPool workers,
            CancelledResults cancelled,
            MeshMetrics metrics,
            WorkFolder work,
            WarmUp warmUp) {
        this.targets = targets;
        this.swapper = swapper;
        this.storage = storage;
        this.publisher = publisher;
        this.workers = workers;
        this.cancelled = cancelled;
        this.metrics = metrics;
        this.work = work;
        this.warmUp = warmUp;
    }

    void start(@Observes StartupEvent event) {
        swapper.models().forEach(model -> metrics.inferenceProvider(model.id(), model.provider()));
        // the JSON classes are loaded here and not on the event loop, when the first job announces itself
        publisher.record(new JobProgressed(
                new UUID(0, 0),
                new UUID(0, 0),
                Optional.empty(),
                Stage.SWAPPING,
                0,
                0,
                OptionalDouble.empty(),
                Instant.now()));
    }

    @Override
    public Uni<Void> handle(FaceGenerated face, Delivery delivery) {
        if (isCancelled(face)) {
            metrics.job("cancelled");
            return Uni.createFrom().voidItem();
        }
        warmUp.stop();
        ProgressReport progress = new ProgressReport(publisher, face);
        progress.begin();
        List<StageTiming> timings = new ArrayList<>();
        return workers.run(() -> work.create(face.resultId().toString()))
                .chain(folder -> produce(face, folder, progress, timings)
                        .eventually(() -> workers.run(() -> {
                            work.discard(folder);
                            return null;
                        })))
                .chain(swapped -> isCancelled(face) ? cancelledWork(face) : announce(swapped))
                .onFailure(SwapCancelledException.class)
                .recoverWithUni(() -> cancelledWork(face))
                .onFailure(MediaException.class)
                .recoverWithUni(failure -> reject(face, (MediaException) failure))
                .onFailure(StorageException.class)
                .transform(failure -> classified((StorageException) failure));
    }

    private boolean isCancelled(FaceGenerated face) {
        return cancelled.contains(face.requestId(), face.resultId());
    }

    private Uni<VideoSwapped> produce(
            FaceGenerated face, Path folder, ProgressReport progress, List<StageTiming> timings) {
        long begun = System.nanoTime();
        return Uni.combine()
                .all()
                .unis(
                        storage.download(face.face(), folder),
                        storage.download(face.target().object(), folder))
                .asTuple()
                .invoke(() -> note("download", begun, timings))
                .chain(files -> workers.run(() -> targets.swap(
                        files.getItem1(),
                        files.getItem2(),
                        folder,
                        face.gifPreview(),
                        progress,
                        () -> isCancelled(face))))
                .invoke(outcome -> outcome.timings().forEach(timing -> {
                    metrics.stage(timing.step(), "succeeded", Duration.ofNanos((long) (timing.seconds() * 1e9)));
                    timings.add(timing);
                }))
                .chain(outcome -> store(face, outcome, timings));
    }

    private void note(String step, long begun, List<StageTiming> timings) {
        Duration taken = Duration.ofNanos(System.nanoTime() - begun);
        metrics.stage(step, "succeeded", taken);
        timings.add(new StageTiming(step, taken.toNanos() / 1e9));
    }

    private Uni<VideoSwapped> store(FaceGenerated face, SwapOutcome outcome, List<StageTiming> timings) {
        long begun = System.nanoTime();
        Uni<ObjectRef> clip = upload(face, MediaKind.CLIP, outcome.contentType(), outcome.clip());
        Uni<Optional<ObjectRef>> gif = uploadIfThere(face, MediaKind.GIF, "image/gif", outcome.gif());
        Uni<Optional<ObjectRef>> poster = uploadIfThere(face, MediaKind.POSTER, "image/jpeg", outcome.poster());
        return Uni.combine()
                .all()
                .unis(clip, gif, poster)
                .asTuple()
                .invoke(() -> note("upload", begun, timings))
                .map(stored -> new VideoSwapped(
                        face.requestId(),
                        face.resultId(),
                        face.variant(),
                        stored.getItem1(),
                        stored.getItem2(),
                        stored.getItem3(),
                        outcome.width(),
                        outcome.height(),
                        outcome.frames(),
                        outcome.swappedFrames(),
                        outcome.durationSeconds(),
                        swapper.models(),
                        List.copyOf(timings),
                        Instant.now()));
    }

    private Uni<Optional<ObjectRef>> uploadIfThere(
            FaceGenerated face, MediaKind kind, String contentType, Optional<Path> file) {
        return file.map(path -> upload(face, kind, contentType, path).map(Optional::of))
                .orElseGet(() -> Uni.createFrom().item(Optional.empty()));
    }

    private Uni<ObjectRef> upload(FaceGenerated face, MediaKind kind, String contentType, Path file) {
        String key = ObjectKeys.product(
                face.requestId(),
                face.resultId(),
                face.variant(),
                file.getFileName().toString());
        return storage.upload(key, kind, Optional.of(face.requestId()), contentType, file);
    }

    private Uni<Void> announce(VideoSwapped swapped) {
        return publisher.publish(swapped).invoke(() -> {
            metrics.job("succeeded");
            LOG.infof(
                    "%s: %d frames of %dx%d, %d of them with a face",
                    swapped.variant(), swapped.frames(), swapped.width(), swapped.height(), swapped.swappedFrames());
        });
    }

    private Uni<Void> cancelledWork(FaceGenerated face) {
        LOG.infof("swap of %s %s cancelled", face.resultId(), face.variant());
        metrics.job("cancelled");
        return Uni.createFrom().voidItem();
    }

    /** The target's fault: no retry, the person is told. */
    private Uni<Void> reject(FaceGenerated face, MediaException failure) {
        LOG.infof("target rejected as %s: %s", failure.reason(), failure.getMessage());
        metrics.job("rejected");
        return publisher.publish(failed(face, JobFailed.Fault.INPUT, failure.reason(), failure.getMessage()));
    }

    private static RuntimeException classified(StorageException failure) {
        return failure.isTransient() ? new OutageException(failure.getMessage(), failure) : failure;
    }

    @Override
    public Uni<Void> giveUp(FaceGenerated face, Throwable failure) {
        if (isCancelled(face)) {
            return Uni.createFrom().voidItem();
        }
        metrics.job("failed");
        String reason = failure instanceof StorageException storageFailure ? storageFailure.reason() : Reasons.INTERNAL;
        return publisher.publish(
                failed(face, JobFailed.Fault.SYSTEM, reason, "The clip could not be made; this is our fault."));
    }

    private static JobFailed failed(FaceGenerated face, JobFailed.Fault fault, String reason, String message) {
        return new JobFailed(
                face.requestId(),
                face.resultId(),
                Optional.of(face.variant()),
                Stage.SWAPPING,
                fault,
                reason,
                message,
                Map.of(),
                Instant.now());
    }
}
