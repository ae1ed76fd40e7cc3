package io.voice2face.gateway.domain;

import java.util.Arrays;
import java.util.Optional;

import io.voice2face.contracts.event.FaceGenerated;
import io.voice2face.contracts.event.JobFailed;
import io.voice2face.contracts.event.JobProgressed;
import io.voice2face.contracts.event.JobState;
import io.voice2face.contracts.event.MediaStored;
import io.voice2face.contracts.event.MeshEvent;
import io.voice2face.contracts.event.Stage;
import io.voice2face.contracts.event.Variant;
import io.voice2face.contracts.event.VideoSwapped;

/**
 * The one place that says how a job moves.
 *
 * <pre>
 * QUEUED → ANALYSING → GENERATING → SWAPPING → STORING → SUCCEEDED | PARTIAL
 *    └──────────┴───────────┴───────────┴──────────┴────→ REJECTED | FAILED | CANCELLED
 * </pre>
 *
 * <p>Events come from several topics and may overtake one another, so a job only ever moves forward: a face that is
 * announced after its clip is still taken in, but does not bring the job back to GENERATING. SUCCEEDED waits for all four
 * facts of both variants (face announced and stored, clip announced and stored).
 */
public final class JobMachine {

    /** Moves a job by an event of the mesh. */
    public Transition apply(Job job, MeshEvent event) {
        if (job.state().isFinal()) {
            return new Transition.Ignored(job, Transition.Why.ENDED);
        }
        Job moved;
        if (event instanceof JobProgressed progressed) {
            return new Transition.Applied(job, forward(job, stateOf(progressed.stage(), job)));
        } else if (event instanceof FaceGenerated generated) {
            moved = faceGenerated(job, generated);
        } else if (event instanceof VideoSwapped swapped) {
            moved = videoSwapped(job, swapped);
        } else if (event instanceof MediaStored stored) {
            moved = mediaStored(job, stored);
        } else if (event instanceof JobFailed failed) {
            moved = failed(job, failed);
        } else {
            return new Transition.Ignored(job, Transition.Why.NOT_FOR_JOBS);
        }
        if (moved.equals(job)) {
            return new Transition.Ignored(job, Transition.Why.KNOWN);
        }
        return new Transition.Applied(job, conclude(moved));
    }

    /** Ends a job that the person no longer wants. */
    public Transition cancel(Job job) {
        return end(job, JobState.CANCELLED, Failure.CANCELLED);
    }

    /** Ends a job that nobody works on any more. */
    public Transition stall(Job job) {
        return end(job, JobState.FAILED, Failure.STALLED);
    }

    private static Transition end(Job job, JobState state, Failure why) {
        if (job.state().isFinal()) {
            return new Transition.Ignored(job, Transition.Why.ENDED);
        }
        return new Transition.Applied(job, job.ended(state, why));
    }

    private static Job faceGenerated(Job job, FaceGenerated event) {
        VariantJob variant = job.variant(event.variant());
        if (variant.face().isPresent()) {
            return job;
        }
        Face face = new Face(event.face(), event.age(), event.gender());
        Job moved = job.with(event.variant(), variant.withFace(face, event.models(), event.timings()));
        return event.analysis().map(moved::with).orElse(moved);
    }

    private static Job videoSwapped(Job job, VideoSwapped event) {
        VariantJob variant = job.variant(event.variant());
        if (variant.clip().isPresent()) {
            return job;
        }
        Clip clip = new Clip(
                event.clip(),
                event.gif(),
                event.poster(),
                event.width(),
                event.height(),
                event.frames(),
                event.durationSeconds());
        return job.with(event.variant(), variant.withClip(clip, event.models(), event.timings()));
    }

    private static Job mediaStored(Job job, MediaStored event) {
        VariantJob variant = job.variant(event.variant());
        for (MediaStored.StoredObject stored : event.objects()) {
            switch (stored.kind()) {
                case FACE -> variant = variant.withFaceStored();
                case CLIP -> variant = variant.withClipStored();
                default -> {
                    // previews come with their clip, voices and targets were accepted before the job began
                }
            }
        }
        return job.with(event.variant(), variant);
    }

    private static Job failed(Job job, JobFailed event) {
        Failure why = new Failure(event.reason(), event.message(), event.details());
        if (event.fault() == JobFailed.Fault.INPUT) {
            return job.ended(JobState.REJECTED, why);
        }
        Job moved = job;
        for (Variant variant : event.variant().map(one -> new Variant[] {one}).orElseGet(Variant::values)) {
            VariantJob before = moved.variant(variant);
            if (before.done()) {
                continue;
            }
            if (lostFace(before, event.stage())) {
                return job.ended(JobState.FAILED, why);
            }
            moved = moved.with(variant, before.failure().isPresent() ? before : before.withFailure(why));
        }
        return moved;
    }

    /** Without its face a result is nothing; without a clip it still is PARTIAL. */
    private static boolean lostFace(VariantJob variant, Stage stage) {
        return switch (stage) {
            case ANALYSING, GENERATING -> true;
            // faceswap-service has seen the face, even where this gateway has not yet
            case SWAPPING -> false;
            case STORING -> variant.clip().isEmpty();
        };
    }

    /** Where the products of a job put it. */
    private static Job conclude(Job job) {
        if (job.state().isFinal()) {
            return job;
        }
        if (all(job, Check.OVER)) {
            if (all(job, Check.DONE)) {
                return job.moved(JobState.SUCCEEDED);
            }
            Optional<Failure> why = Arrays.stream(Variant.values())
                    .map(job::variant)
                    .flatMap(variant -> variant.failure().stream())
                    .findFirst();
            return job.ended(JobState.PARTIAL, why.orElseThrow());
        }
        if (all(job, Check.SWAP_OVER)) {
            return forward(job, JobState.STORING);
        }
        boolean anyClip = Arrays.stream(Variant.values())
                .anyMatch(variant -> job.variant(variant).swapOver());
        if (all(job, Check.FACE) || anyClip) {
            return forward(job, JobState.SWAPPING);
        }
        boolean anyFace = Arrays.stream(Variant.values())
                .anyMatch(variant -> job.variant(variant).face().isPresent());
        return anyFace ? forward(job, JobState.GENERATING) : job;
    }

    private static JobState stateOf(Stage stage, Job job) {
        return switch (stage) {
            case ANALYSING -> JobState.ANALYSING;
            case GENERATING -> JobState.GENERATING;
            case SWAPPING -> JobState.SWAPPING;
            // storing begins for a client when both clips are made, not with the first face that is kept
            case STORING -> all(job, Check.SWAP_OVER) ? JobState.STORING : job.state();
        };
    }

    private static Job forward(Job job, JobState to) {
        return to.ordinal() > job.state().ordinal() ? job.moved(to) : job;
    }

    private enum Check {
        FACE,
        SWAP_OVER,
        OVER,
        DONE
    }

    private static boolean all(Job job, Check check) {
        return Arrays.stream(Variant.values()).map(job::variant).allMatch(variant -> switch (check) {
            case FACE -> variant.face().isPresent();
            case SWAP_OVER -> variant.swapOver();
            case OVER -> variant.over();
            case DONE -> variant.done();
        });
    }
}
