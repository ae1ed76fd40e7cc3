package io.voice2face.swap.embedded;

import org.opencv.core.Mat;

import io.voice2face.swap.PortraitFace;
import io.voice2face.swap.face.FaceRegion;
import io.voice2face.swap.face.FaceTopology;
import io.voice2face.swap.face.HeadPose;
import io.voice2face.swap.face.PoseEstimator;
import io.voice2face.swap.face.TrackedFace;

/**
 * Keeps the head of the result turned as the target's. Shading and creases of the carried skin are seen as a nod or a
 * look aside, which no rule about proportions foretells; so results are looked at with a landmark network, and the
 * shape leans against what is seen. The first face is tried until it is even, later ones are looked at now and then.
 */
final class TurnBalance implements AutoCloseable {
    private static final int TRIALS = 3;
    /** Less than one to one is seen of a lean. */
    private static final float GAIN = 1.6f;

    private static final int INTERVAL = 12;
    /** Share of a later look that is believed: single frames are noisy. */
    private static final float BELIEVED = .25f;
    /** Share of the way to a new lean in each frame, so that nothing jumps. */
    private static final float PACE = .12f;

    private static final float LARGEST = (float) Math.toRadians(5);
    private static final float LARGEST_YAW = 36;
    /** Share of the face that lies under other things, up to which the network's word counts. */
    private static final double COVERED = .04;

    /**
     * What points move by for each unit that they lie further away than the middle of the face.
     *
     * @param aside in x, about the radians by which the face turns to the viewer's left
     * @param nod in y, about the radians by which the face turns upwards
     */
    record Lean(float aside, float nod) {
        static final Lean NONE = new Lean(0, 0);

        private Lean against(float yaw, float pitch, float share) {
            return new Lean(limit(aside + share * yaw), limit(nod + share * pitch));
        }

        private Lean towards(Lean other) {
            return new Lean(aside + PACE * (other.aside - aside), nod + PACE * (other.nod - nod));
        }

        private static float limit(float radians) {
            return Math.max(-LARGEST, Math.min(LARGEST, radians));
        }
    }

    private final PortraitFace network;
    private final PoseEstimator poses;
    private final float[] seen = new float[FaceTopology.POINTS * 3];
    private Lean wanted = Lean.NONE;
    private Lean lean = Lean.NONE;
    private boolean tried;
    private int frames;

    TurnBalance(PortraitFace network, FaceTopology topology) {
        this.network = network;
        this.poses = new PoseEstimator(topology);
    }

    /** True if the face should be tried in this frame, before it is put in. */
    boolean wantsTrial(TrackedFace face) {
        return !tried && frames % INTERVAL == 0 && tellsTurns(face);
    }

    /**
     * Tries a face until it is even.
     *
     * @param frame not changed
     * @param trial stages that nothing else uses
     */
    void settle(Mat frame, TrackedFace face, SwapStages trial) {
        Mat picture = new Mat();
        for (int i = 0; i < TRIALS; i++) {
            frame.copyTo(picture);
            trial.swap(picture, face, wanted);
            if (trial.occludedShare() > COVERED) {
                break;
            }
            lookAt(picture, face, GAIN);
            tried = true;
        }
        picture.release();
        if (frames == 0) {
            lean = wanted;
        }
    }

    /** How the shape leans in the next frame. */
    Lean next() {
        frames++;
        lean = lean.towards(wanted);
        return lean;
    }

    /** Looks at the result of the last frame, if it is its turn. */
    void look(Mat result, TrackedFace face, double coveredShare) {
        if (tried && frames % INTERVAL == 0 && coveredShare < COVERED && tellsTurns(face)) {
            lookAt(result, face, GAIN * BELIEVED);
        }
    }

    private static boolean tellsTurns(TrackedFace face) {
        return face.fade() > .99f && Math.abs(face.pose().yaw()) < LARGEST_YAW;
    }

    private void lookAt(Mat picture, TrackedFace face, float share) {
        network.locate(picture, FaceRegion.around(face.xyz()), seen);
        HeadPose pose = poses.estimate(seen);
        wanted = wanted.against(
                (float) Math.toRadians(pose.yaw() - face.pose().yaw()),
                (float) Math.toRadians(pose.pitch() - face.pose().pitch()),
                share);
    }

    @Override
    public void close() {
        poses.close();
    }
}
