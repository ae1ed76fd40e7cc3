package io.voice2face.gateway.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.voice2face.contracts.event.ModelUse;
import io.voice2face.contracts.event.StageTiming;

/**
 * How far one variant of a result has come. "Stored" means that storage-service has verified the bytes; the two facts of
 * a product (announced, stored) arrive on two topics, in either order.
 *
 * @param face announced face
 * @param faceStored storage-service keeps the face
 * @param clip announced clip
 * @param clipStored storage-service keeps the clip
 * @param failure why there will be no clip
 */
public record VariantJob(
        Optional<Face> face,
        boolean faceStored,
        Optional<Clip> clip,
        boolean clipStored,
        Optional<Failure> failure,
        List<ModelUse> models,
        List<StageTiming> timings) {

    /** A variant that nothing is known of yet. */
    public static final VariantJob WAITING =
            new VariantJob(Optional.empty(), false, Optional.empty(), false, Optional.empty(), List.of(), List.of());

    /** What a client sees of a variant. */
    @Schema(name = "VariantState")
    public enum State {
        PENDING,
        FACE_READY,
        DONE,
        FAILED
    }

    public VariantJob {
        models = List.copyOf(models);
        timings = List.copyOf(timings);
    }

    /** State for the client. */
    public State state() {
        if (done()) {
            return State.DONE;
        }
        if (failure.isPresent()) {
            return State.FAILED;
        }
        return faceReady() ? State.FACE_READY : State.PENDING;
    }

    /** The face can be looked at. */
    public boolean faceReady() {
        return face.isPresent() && faceStored;
    }

    /** Face and clip can be looked at. */
    public boolean done() {
        return faceReady() && clip.isPresent() && clipStored;
    }

    /** The clip is made, or never will be. */
    boolean swapOver() {
        return clip.isPresent() || failure.isPresent();
    }

    /** Nothing more is to come that the client could use. */
    boolean over() {
        return done() || (failure.isPresent() && faceReady());
    }

    VariantJob withFace(Face made, List<ModelUse> used, List<StageTiming> took) {
        return new VariantJob(
                Optional.of(made), faceStored, clip, clipStored, failure, join(models, used), join(timings, took));
    }

    VariantJob withClip(Clip made, List<ModelUse> used, List<StageTiming> took) {
        return new VariantJob(
                face, faceStored, Optional.of(made), clipStored, failure, join(models, used), join(timings, took));
    }

    VariantJob withFaceStored() {
        return new VariantJob(face, true, clip, clipStored, failure, models, timings);
    }

    VariantJob withClipStored() {
        return new VariantJob(face, faceStored, clip, true, failure, models, timings);
    }

    VariantJob withFailure(Failure why) {
        return new VariantJob(face, faceStored, clip, clipStored, Optional.of(why), models, timings);
    }

    private static <T> List<T> join(List<T> before, List<T> more) {
        List<T> all = new ArrayList<>(before);
        for (T item : more) {
            if (!all.contains(item)) {
                all.add(item);
            }
        }
        return all;
    }
}
