package io.voice2face.swap.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.opencv.core.Mat;

import io.voice2face.contracts.event.Reasons;
import io.voice2face.media.AudioTrack;
import io.voice2face.media.GifReader;
import io.voice2face.media.MediaException;
import io.voice2face.media.MediaInfo;
import io.voice2face.media.MediaProbe;
import io.voice2face.media.StillImage;
import io.voice2face.media.VideoReader;
import io.voice2face.media.VisualLimits;
import io.voice2face.swap.FaceSwapper;
import io.voice2face.swap.face.FaceChoice;
import io.voice2face.swap.face.FaceFinder;
import io.voice2face.swap.face.FaceTopology;
import io.voice2face.swap.face.FaceTracker;
import io.voice2face.swap.face.TrackedFace;

/** Puts a face into a target file, whatever kind of picture it is. Thread-safe; each call is a job of its own. */
public final class TargetSwapper {
    private static final float STILL_STEP = 1 / 25f;

    private final FaceSwapper swapper;
    private final Supplier<FaceFinder> finders;
    private final FaceTopology topology;
    private final FaceChoice choice;
    private final VisualLimits limits;
    private final StageThreads threads;
    private final TargetTracks tracks;

    /**
     * @param finders makes the networks that follow the target's faces
     * @param choice which of the target's faces is swapped
     * @param limits what a target may be
     * @param threads run the stages of all jobs
     * @param rememberedPictures pictures of targets whose faces are remembered for the next job with the same target
     */
    public TargetSwapper(
            FaceSwapper swapper,
            Supplier<FaceFinder> finders,
            FaceTopology topology,
            FaceChoice choice,
            VisualLimits limits,
            StageThreads threads,
            long rememberedPictures) {
        this.swapper = swapper;
        this.finders = finders;
        this.topology = topology;
        this.choice = choice;
        this.limits = limits;
        this.threads = threads;
        this.tracks = new TargetTracks(finders, topology, choice, rememberedPictures);
    }

    /**
     * Swaps.
     *
     * @param portrait picture of the face to put in
     * @param target clip, GIF or picture
     * @param folder where the products are written
     * @param gifPreview whether a short GIF is made beside the clip of a video; a GIF needs none, a picture does not move
     * @param cancelled asked between frames; true stops the work
     * @throws MediaException if the target cannot be used, or shows no face
     * @throws SwapCancelledException if it was cancelled
     * @throws FaceSwapper.NoFaceException if the portrait shows no face
     */
    public SwapOutcome swap(
            Path portrait,
            Path target,
            Path folder,
            boolean gifPreview,
            ProgressListener progress,
            BooleanSupplier cancelled)
            throws IOException, InterruptedException, FaceSwapper.NoFaceException {
        MediaInfo info = MediaProbe.probe(target, limits);
        Mat source = StillImage.read(portrait, VisualLimits.defaults());
        try (FaceSwapper.PreparedFace face = swapper.prepare(source)) {
            Optional<Path> preview = gifPreview && info instanceof MediaInfo.Video
                    ? Optional.of(folder.resolve("preview.gif"))
                    : Optional.empty();
            Job job = new Job(face, target, folder, preview, progress, cancelled, new StageClock());
            return switch (kind(info)) {
                case STILL -> swapStill(job);
                case GIF -> swapGif(job);
                case VIDEO -> swapVideo(job, (MediaInfo.Video) info);
            };
        } finally {
            source.release();
        }
    }

    private record Job(
            FaceSwapper.PreparedFace face,
            Path target,
            Path folder,
            Optional<Path> preview,
            ProgressListener progress,
            BooleanSupplier cancelled,
            StageClock clock) {}

    private enum Kind {
        STILL,
        GIF,
        VIDEO
    }

    private static Kind kind(MediaInfo info) {
        if (info instanceof MediaInfo.Still) {
            return Kind.STILL;
        }
        if (info instanceof MediaInfo.AnimatedGif) {
            return Kind.GIF;
        }
        if (info instanceof MediaInfo.Video) {
            return Kind.VIDEO;
        }
        throw new MediaException(Reasons.UNSUPPORTED_TARGET, "The target holds no pictures.");
    }

    private SwapOutcome swapStill(Job job) throws IOException {
        Mat picture = StillImage.read(job.target(), limits);
        try (FaceFinder finder = finders.get();
                FaceTracker tracker = new FaceTracker(finder, topology, choice)) {
            long begun = System.nanoTime();
            List<TrackedFace> faces = tracker.track(picture, STILL_STEP);
            if (faces.isEmpty()) {
                throw noFace();
            }
            for (TrackedFace face : faces) {
                try (FaceSwapper.SwapSession session = job.face().open()) {
                    session.swap(picture, face);
                }
            }
            job.clock().add("swap", System.nanoTime() - begun);
            if (job.cancelled().getAsBoolean()) {
                throw new SwapCancelledException();
            }
            Path file = job.folder().resolve("clip.png");
            Files.write(file, StillImage.encodePng(picture));
            job.progress().progressed(1, 1, OptionalDouble.of(0));
            return new SwapOutcome(
                    file,
                    "image/png",
                    Optional.empty(),
                    Optional.empty(),
                    picture.cols(),
                    picture.rows(),
                    1,
                    1,
                    0,
                    job.clock().timings());
        } finally {
            picture.release();
        }
    }

    private SwapOutcome swapGif(Job job) throws InterruptedException {
        Path file = job.folder().resolve("clip.gif");
        try (GifReader reader = GifReader.open(job.target(), limits);
                FrameSink clip = ClipSink.gif(file, reader.width(), reader.height(), reader.loops())) {
            FrameSource source = FrameSource.of(reader);
            return runPipeline(job, source, clip, file, "image/gif", reader.width(), reader.height());
        }
    }

    private SwapOutcome swapVideo(Job job, MediaInfo.Video info) throws InterruptedException {
        boolean sound = info.audioStreams() > 0;
        Path file = job.folder().resolve("clip.mp4");
        Path pictures = sound ? job.folder().resolve("pictures.mp4") : file;
        SwapOutcome outcome;
        try (VideoReader reader = VideoReader.open(job.target(), limits);
                FrameSink clip = ClipSink.mp4(pictures, reader.writerSettings())) {
            FrameSource source = FrameSource.of(reader);
            outcome = runPipeline(job, source, clip, file, "video/mp4", reader.width(), reader.height());
        }
        if (sound) {
            AudioTrack.copy(pictures, job.target(), file, limits);
        }
        return outcome;
    }

    private SwapOutcome runPipeline(
            Job job, FrameSource source, FrameSink clip, Path file, String contentType, int width, int height)
            throws InterruptedException {
        Path poster = job.folder().resolve("poster.jpg");
        try (FaceTrack faces = tracks.open(job.target(), source.expectedFrames());
                FrameSink preview =
                        job.preview().<FrameSink>map(PreviewSink::new).orElse(FrameSink.NONE);
                FrameSink still = new PosterSink(poster)) {
            SwapPipeline.Totals totals = new SwapPipeline(
                            source,
                            faces,
                            job.face(),
                            List.of(clip, preview, still),
                            job.progress(),
                            job.cancelled(),
                            threads,
                            job.clock())
                    .run();
            if (totals.swappedFrames() == 0) {
                throw noFace();
            }
            return new SwapOutcome(
                    file,
                    contentType,
                    job.preview(),
                    Optional.of(poster),
                    width,
                    height,
                    totals.frames(),
                    totals.swappedFrames(),
                    totals.seconds(),
                    job.clock().timings());
        }
    }

    private static MediaException noFace() {
        return new MediaException(
                Reasons.NO_FACE_IN_TARGET, "No face was found in the target; one that looks at the camera is needed.");
    }
}
