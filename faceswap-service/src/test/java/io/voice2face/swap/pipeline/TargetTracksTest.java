package io.voice2face.swap.pipeline;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opencv.core.CvType;
import org.opencv.core.Mat;

import io.voice2face.media.OpenCv;
import io.voice2face.swap.TestFaces;
import io.voice2face.swap.embedded.EmbeddedFaceSwapper;
import io.voice2face.swap.face.FaceChoice;
import io.voice2face.swap.face.FaceFinder;
import io.voice2face.swap.face.FaceRegion;
import io.voice2face.swap.face.FaceTopology;
import io.voice2face.swap.face.TrackedFace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TargetTracksTest {
    private static final float STEP = 1 / 25f;
    private static final FaceTopology TOPOLOGY = TestFaces.topology();

    @TempDir
    Path folder;

    private final List<CountingFinder> finders = new ArrayList<>();
    private Mat picture;
    private Path target;

    @BeforeEach
    void makeTarget() throws Exception {
        OpenCv.load();
        picture = Mat.zeros(200, 200, CvType.CV_8UC3);
        target = Files.writeString(folder.resolve("target"), "the first target");
    }

    private TargetTracks tracks(long mostPictures) {
        return new TargetTracks(
                () -> {
                    finders.add(new CountingFinder());
                    return finders.get(finders.size() - 1);
                },
                TOPOLOGY,
                new FaceChoice.Prominent(),
                mostPictures);
    }

    private int looks() {
        return finders.stream().mapToInt(finder -> finder.looks).sum();
    }

    private List<List<TrackedFace>> follow(FaceTrack track, int from, int to) {
        List<List<TrackedFace>> faces = new ArrayList<>();
        for (int i = from; i < to; i++) {
            faces.add(track.faces(i, picture, STEP));
        }
        return faces;
    }

    private List<List<TrackedFace>> wholeJob(TargetTracks tracks, Path target) {
        try (FaceTrack track = tracks.open(target, 10)) {
            List<List<TrackedFace>> faces = follow(track, 0, 10);
            track.complete();
            return faces;
        }
    }

    @Test
    void theNextJobWithTheSameTargetGetsTheSameFacesWithoutLooking() {
        TargetTracks tracks = tracks(100);
        List<List<TrackedFace>> first = wholeJob(tracks, target);
        int looks = looks();

        List<List<TrackedFace>> second = wholeJob(tracks, target);

        assertThat(second).isEqualTo(first);
        assertThat(looks()).isEqualTo(looks);
    }

    @Test
    void twoJobsAtTheSameTimeLookAtEachPictureOnce() {
        TargetTracks tracks = tracks(100);
        try (FaceTrack one = tracks.open(target, 10);
                FaceTrack other = tracks.open(target, 10)) {
            List<List<TrackedFace>> ahead = follow(one, 0, 4);
            List<List<TrackedFace>> behind = follow(other, 0, 8);
            ahead.addAll(follow(one, 4, 8));

            assertThat(ahead).isEqualTo(behind);
        }
        int shared = looks();
        finders.clear();
        try (FaceTrack alone = tracks(0).open(target, 10)) {
            follow(alone, 0, 8);
        }
        assertThat(shared).isEqualTo(looks());
    }

    @Test
    void aJobThatEndsHalfWayDisturbsNeitherItsNeighbourNorTheNext() {
        TargetTracks tracks = tracks(100);
        List<List<TrackedFace>> usual = wholeJob(tracks(0), target);
        FaceTrack cancelled = tracks.open(target, 10);
        follow(cancelled, 0, 5);
        try (FaceTrack neighbour = tracks.open(target, 10)) {
            cancelled.close();
            assertSame(follow(neighbour, 0, 10), usual);
        }

        assertSame(wholeJob(tracks, target), usual);
    }

    @Test
    void aFailureIsNotRemembered() {
        TargetTracks tracks = tracks(100);
        try (FaceTrack failing = tracks.open(target, 10)) {
            follow(failing, 0, 3);
            finders.get(0).fails = true;
            assertThatThrownBy(() -> follow(failing, 3, 4)).isInstanceOf(IllegalStateException.class);

            assertSame(wholeJob(tracks, target), wholeJob(tracks(0), target));
        }
    }

    @Test
    void theLeastRecentlyUsedTargetIsForgottenFirst() throws Exception {
        Path another = Files.writeString(folder.resolve("another"), "another target");
        Path third = Files.writeString(folder.resolve("third"), "a third target");
        TargetTracks tracks = tracks(25);
        wholeJob(tracks, target);
        wholeJob(tracks, another);
        wholeJob(tracks, target);
        wholeJob(tracks, third);
        int looks = looks();

        wholeJob(tracks, target);
        assertThat(looks()).isEqualTo(looks);
        wholeJob(tracks, another);
        assertThat(looks()).isGreaterThan(looks);
    }

    @Test
    void aClipBeyondTheBoundIsFollowedButNotRemembered() {
        TargetTracks tracks = tracks(9);

        wholeJob(tracks, target);
        int looks = looks();
        wholeJob(tracks, target);

        assertThat(looks()).isEqualTo(2 * looks);
    }

    @Test
    void aClipIsTheSameByteForByteWhetherItsTargetWasKnownOrNot() throws Exception {
        Path portrait = TestFaces.poster(TestFaces.WOMAN, folder);
        Path clip = TestFaces.clip(TestFaces.MAN, folder);
        try (EmbeddedFaceSwapper swapper = new EmbeddedFaceSwapper(TestFaces.finder(), TestFaces.topology());
                StageThreads threads = new StageThreads(1)) {
            byte[][] products = new byte[3][];
            TargetSwapper forgetful = TestFaces.targets(swapper, threads, 0);
            TargetSwapper remembering = TestFaces.targets(swapper, threads, 1000);
            TargetSwapper[] used = {forgetful, remembering, remembering};
            for (int i = 0; i < used.length; i++) {
                Path out = Files.createDirectory(folder.resolve("out" + i));
                used[i].swap(portrait, clip, out, false, (done, total, left) -> {}, () -> false);
                products[i] = Files.readAllBytes(out.resolve("clip.mp4"));
            }
            assertThat(products[1]).isEqualTo(products[0]);
            assertThat(products[2]).isEqualTo(products[0]);
        }
    }

    private static void assertSame(List<List<TrackedFace>> seen, List<List<TrackedFace>> wanted) {
        assertThat(seen).usingRecursiveComparison().isEqualTo(wanted);
    }

    /** A face that moves from look to look; what it finds depends on all looks before. */
    private static final class CountingFinder implements FaceFinder {
        private final Random random = new Random(3);
        private int looks;
        private boolean fails;

        @Override
        public List<FaceRegion> detect(Mat bgr) {
            looks++;
            return List.of(new FaceRegion(100, 100, 120, 0));
        }

        @Override
        public float locate(Mat bgr, FaceRegion region, float[] xyz) {
            if (fails) {
                throw new IllegalStateException("the network has failed");
            }
            looks++;
            for (int i = 0; i < xyz.length / 3; i++) {
                xyz[i * 3] = 60 + 80 * TOPOLOGY.canonical(i, 0) / 8 + 40 + random.nextFloat();
                xyz[i * 3 + 1] = 60 + 80 * TOPOLOGY.canonical(i, 1) / 8 + 40 + random.nextFloat();
                xyz[i * 3 + 2] = 10 * TOPOLOGY.canonical(i, 2);
            }
            return 1;
        }

        @Override
        public void close() {}
    }
}
