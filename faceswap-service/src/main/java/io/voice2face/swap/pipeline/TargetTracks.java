package io.voice2face.swap.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import org.opencv.core.Mat;

import io.voice2face.swap.face.FaceChoice;
import io.voice2face.swap.face.FaceFinder;
import io.voice2face.swap.face.FaceTopology;
import io.voice2face.swap.face.FaceTracker;
import io.voice2face.swap.face.TrackedFace;

/**
 * Where the faces of targets are, found once for all jobs with the same target: both variants of a result have it, and
 * templates come again and again. Two jobs at the same time share one tracker; whichever comes to a picture first has it
 * looked at, so that neither waits for the other and a job that ends half-way leaves the other nothing to catch up on.
 *
 * <p>A face takes 6 KB in each picture: what is kept is bounded by a number of pictures. The least recently used target
 * goes first; a clip that is longer than that by itself is followed for its job alone, and nothing of it is kept. A
 * target that nobody saw to its end is forgotten. Thread-safe.
 */
final class TargetTracks {
    private final Supplier<FaceFinder> finders;
    private final FaceTopology topology;
    private final FaceChoice choice;
    private final long mostPictures;
    private final Map<String, Track> kept = new LinkedHashMap<>(16, .75f, true);

    /**
     * @param finders makes the networks that follow a target's faces
     * @param mostPictures pictures that are remembered of all targets together; 0 for none
     */
    TargetTracks(Supplier<FaceFinder> finders, FaceTopology topology, FaceChoice choice, long mostPictures) {
        this.finders = finders;
        this.topology = topology;
        this.choice = choice;
        this.mostPictures = mostPictures;
    }

    /**
     * The track of a target, for one job.
     *
     * @param target file; its bytes tell targets apart
     * @param expectedPictures an estimate, 0 where not known
     */
    FaceTrack open(Path target, long expectedPictures) {
        if (expectedPictures <= 0 || expectedPictures > mostPictures) {
            return new Use(new Track(Optional.empty()));
        }
        String name = digest(target);
        synchronized (kept) {
            Track track = kept.computeIfAbsent(name, n -> new Track(Optional.of(n)));
            track.users++;
            return new Use(track);
        }
    }

    private static String digest(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void leave(Track track) {
        boolean last;
        synchronized (kept) {
            last = track.name.isEmpty() || --track.users == 0;
            if (last && !track.isComplete()) {
                forget(track);
            }
            forgetBeyondBound();
        }
        if (last) {
            track.release();
        }
    }

    /** What has failed once is in no known state: jobs that come later begin anew. */
    private void forget(Track track) {
        synchronized (kept) {
            track.name.ifPresent(name -> kept.remove(name, track));
        }
    }

    private void forgetBeyondBound() {
        long pictures = kept.values().stream().mapToLong(Track::pictures).sum();
        Iterator<Track> eldestFirst = kept.values().iterator();
        while (pictures > mostPictures && eldestFirst.hasNext()) {
            Track track = eldestFirst.next();
            if (track.users == 0) {
                pictures -= track.pictures();
                eldestFirst.remove();
            }
        }
    }

    /** What one job sees of a track. */
    private final class Use implements FaceTrack {
        private final Track track;
        private boolean closed;

        private Use(Track track) {
            this.track = track;
        }

        @Override
        public List<TrackedFace> faces(long index, Mat bgr, float step) {
            try {
                return track.faces(index, bgr, step);
            } catch (RuntimeException e) {
                forget(track);
                throw e;
            }
        }

        @Override
        public void complete() {
            track.complete();
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                leave(track);
            }
        }
    }

    /** The pictures of one target up to where the foremost job is. */
    private final class Track {
        /** Empty for a track that is not shared and remembers nothing. */
        private final Optional<String> name;

        private final List<List<TrackedFace>> seen = new ArrayList<>();
        private Optional<FaceFinder> finder = Optional.empty();
        private Optional<FaceTracker> tracker = Optional.empty();
        private boolean complete;
        /** Jobs that are at it; guarded by {@link #kept}. */
        private int users;

        private Track(Optional<String> name) {
            this.name = name;
        }

        private synchronized List<TrackedFace> faces(long index, Mat bgr, float step) {
            if (index < seen.size()) {
                return seen.get((int) index);
            }
            List<TrackedFace> faces = tracker().track(bgr, step);
            if (name.isPresent()) {
                seen.add(List.copyOf(faces));
            }
            return faces;
        }

        private FaceTracker tracker() {
            if (tracker.isEmpty()) {
                FaceFinder own = finders.get();
                finder = Optional.of(own);
                tracker = Optional.of(new FaceTracker(own, topology, choice));
            }
            return tracker.get();
        }

        private synchronized void complete() {
            complete = true;
        }

        private synchronized boolean isComplete() {
            return complete;
        }

        private synchronized int pictures() {
            return seen.size();
        }

        /** Gives back what only looking at further pictures needs. */
        private synchronized void release() {
            tracker.ifPresent(FaceTracker::close);
            finder.ifPresent(FaceFinder::close);
            tracker = Optional.empty();
            finder = Optional.empty();
        }
    }
}
