package io.voice2face.swap.face;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.opencv.core.Mat;

/**
 * Follows the chosen faces through a clip: the detector runs at the start, on loss and every tenth frame; between, the
 * landmark network follows each face from its last place. Not thread-safe; one tracker for each clip.
 */
public final class FaceTracker implements AutoCloseable {
    private static final int DETECTION_INTERVAL = 10;
    private static final int SEARCH_INTERVAL = 2;
    private static final int MOST_FACES = 4;
    private static final float LOST_BELOW = .2f;
    /** Shares of {@link #holds} at which a swap goes and comes back. */
    private static final float STOPS_HOLDING = .45f;

    private static final float HOLDS_AGAIN = .7f;
    private static final float SAME_FACE_OVERLAP = .25f;

    private final FaceFinder finder;
    private final FaceChoice choice;
    private final PoseEstimator poses;
    private final List<Person> persons = new ArrayList<>();
    private List<FaceRegion> bystanders = List.of();
    private boolean chosen;
    private long frame;
    private int nextId;

    public FaceTracker(FaceFinder finder, FaceTopology topology, FaceChoice choice) {
        this.finder = finder;
        this.choice = choice;
        this.poses = new PoseEstimator(topology);
    }

    private static final class Person {
        private final int id;
        private final LandmarkSmoother smoother = new LandmarkSmoother();
        private FaceRegion region;
        private boolean present;
        private boolean entered;
        private float fade;
        private boolean held;

        private Person(int id, FaceRegion region) {
            this.id = id;
            enter(region);
        }

        private void enter(FaceRegion found) {
            region = found;
            present = true;
            entered = true;
            smoother.reset();
        }
    }

    /**
     * Faces of the next frame.
     *
     * @param bgr 8-bit BGR picture
     * @param seconds time since the last frame, above 0
     * @return the chosen faces that are in the picture
     */
    public List<TrackedFace> track(Mat bgr, float seconds) {
        boolean anyoneMissing = persons.isEmpty() || persons.stream().anyMatch(p -> !p.present);
        if (frame % DETECTION_INTERVAL == 0 || anyoneMissing && frame % SEARCH_INTERVAL == 0) {
            search(bgr);
        }
        frame++;
        List<TrackedFace> faces = new ArrayList<>(persons.size());
        for (Person person : persons) {
            if (person.present) {
                follow(person, bgr, seconds, faces);
            }
        }
        return faces;
    }

    private void follow(Person person, Mat bgr, float seconds, List<TrackedFace> faces) {
        float[] xyz = new float[FaceTopology.POINTS * 3];
        float score = finder.locate(bgr, person.region, xyz);
        if (person.entered) {
            // the detector's box is rough: two more passes from the landmarks' own region
            for (int pass = 0; pass < 2 && score >= LOST_BELOW; pass++) {
                score = finder.locate(bgr, FaceRegion.around(xyz), xyz);
            }
        }
        if (score < LOST_BELOW) {
            person.present = false;
            person.fade = 0;
            return;
        }
        person.region = FaceRegion.around(xyz);
        person.smoother.smooth(xyz, seconds);
        HeadPose pose = poses.estimate(xyz);
        float holds = holds(pose, score);
        // two faces over each other look soft: however slowly a head turns, one gives way within a few frames
        person.held = holds > (person.held ? STOPS_HOLDING : HOLDS_AGAIN);
        float wanted = person.held ? 1 : 0;
        // a face that comes in while the clip runs is not switched on within one frame
        person.fade = frame == 1 ? wanted : person.fade + .4f * (wanted - person.fade);
        if (Math.abs(wanted - person.fade) < .04f) {
            person.fade = wanted;
        }
        faces.add(new TrackedFace(person.id, xyz, score, pose, person.fade, person.entered, seconds));
        person.entered = false;
    }

    private static float holds(HeadPose pose, float score) {
        return (1 - Smoothstep.of(Math.abs(pose.yaw()), 38, 52))
                * (1 - Smoothstep.of(Math.abs(pose.pitch()), 34, 48))
                * Smoothstep.of(score, .3f, .7f);
    }

    private void search(Mat bgr) {
        List<FaceRegion> free = new ArrayList<>(finder.detect(bgr));
        for (Person person : persons) {
            if (person.present) {
                free.removeIf(face -> face.overlap(person.region) > SAME_FACE_OVERLAP);
            }
        }
        if (!chosen) {
            choose(free, bgr);
            return;
        }
        List<FaceRegion> known = bystanders;
        for (Person person : persons) {
            if (!person.present) {
                free.stream()
                        .filter(face -> known.stream().noneMatch(other -> other.overlap(face) > SAME_FACE_OVERLAP))
                        .max(Comparator.comparingDouble(
                                face -> face.side() / (1 + distance(face, person.region) / person.region.side())))
                        .ifPresent(face -> {
                            person.enter(face);
                            free.remove(face);
                        });
            }
        }
        if (choice instanceof FaceChoice.All) {
            for (FaceRegion face : free) {
                if (persons.size() < MOST_FACES) {
                    persons.add(new Person(nextId++, face));
                }
            }
        }
        bystanders = List.copyOf(free);
    }

    private void choose(List<FaceRegion> found, Mat bgr) {
        List<FaceRegion> others = new ArrayList<>(found);
        List<FaceRegion> taken;
        if (choice instanceof FaceChoice.All) {
            taken = found.subList(0, Math.min(MOST_FACES, found.size()));
        } else if (choice instanceof FaceChoice.FromLeft position) {
            taken = found.stream()
                    .sorted(Comparator.comparingDouble(FaceRegion::centreX))
                    .skip(position.index())
                    .limit(1)
                    .toList();
        } else {
            taken = found.stream().max(Comparator.comparingDouble(face -> prominence(face, bgr))).stream()
                    .toList();
        }
        for (FaceRegion face : taken) {
            persons.add(new Person(nextId++, face));
        }
        others.removeAll(taken);
        bystanders = List.copyOf(others);
        chosen = !taken.isEmpty();
    }

    private static double prominence(FaceRegion face, Mat bgr) {
        double dx = face.centreX() / bgr.cols() - .5;
        double dy = face.centreY() / bgr.rows() - .5;
        return face.side() * (1 - .6 * Math.hypot(dx, dy));
    }

    private static float distance(FaceRegion a, FaceRegion b) {
        return (float) Math.hypot(a.centreX() - b.centreX(), a.centreY() - b.centreY());
    }

    @Override
    public void close() {
        poses.close();
    }
}
