package io.voice2face.swap.pipeline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

import org.opencv.core.Rect;

import io.voice2face.swap.FaceSwapper;
import io.voice2face.swap.Rects;
import io.voice2face.swap.face.TrackedFace;

/**
 * decode → track → swap → encode, each stage on a thread of its own, order kept. A handful of frames goes round between
 * them: a slow stage holds the others up instead of filling the memory.
 */
final class SwapPipeline {
    private static final int FRAMES_UNDER_WAY = 6;
    private static final long LOOK_UP_MILLIS = 50;
    private static final float USUAL_STEP = 1 / 25f;

    private final FrameSource source;
    private final FaceTrack faces;
    private final FaceSwapper.PreparedFace face;
    private final List<FrameSink> sinks;
    private final ProgressListener progress;
    private final BooleanSupplier cancelled;
    private final StageThreads threads;
    private final StageClock clock;

    private final List<Frame> frames = new ArrayList<>();
    private final BlockingQueue<Frame> free = queue();
    private final BlockingQueue<Frame> decoded = queue();
    private final BlockingQueue<Frame> tracked = queue();
    private final BlockingQueue<Frame> swapped = queue();
    private final Frame end = new Frame();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    SwapPipeline(
            FrameSource source,
            FaceTrack faces,
            FaceSwapper.PreparedFace face,
            List<FrameSink> sinks,
            ProgressListener progress,
            BooleanSupplier cancelled,
            StageThreads threads,
            StageClock clock) {
        this.source = source;
        this.faces = faces;
        this.face = face;
        this.sinks = sinks;
        this.progress = progress;
        this.cancelled = cancelled;
        this.threads = threads;
        this.clock = clock;
    }

    /**
     * What came through.
     *
     * @param frames pictures
     * @param swappedFrames pictures in which a face was swapped
     * @param seconds length of the clip
     */
    record Totals(int frames, int swappedFrames, double seconds) {}

    private static BlockingQueue<Frame> queue() {
        // every frame and the end mark fit: putting never waits, only taking does
        return new ArrayBlockingQueue<>(FRAMES_UNDER_WAY + 1);
    }

    /**
     * Takes the whole clip through. Returns, or throws, only when every stage has stopped.
     *
     * @throws SwapCancelledException if it was cancelled on the way
     */
    Totals run() throws InterruptedException {
        for (int i = 0; i < FRAMES_UNDER_WAY; i++) {
            Frame frame = new Frame();
            frames.add(frame);
            free.add(frame);
        }
        List<Future<?>> stages = List.of(
                threads.submit(() -> stage(this::decode)),
                threads.submit(() -> stage(this::track)),
                threads.submit(() -> stage(this::swap)));
        Totals[] totals = new Totals[1];
        stage(() -> totals[0] = encode());
        boolean interrupted = join(stages);
        frames.forEach(Frame::release);
        end.release();
        if (interrupted) {
            throw new InterruptedException();
        }
        rethrow();
        return totals[0];
    }

    private static boolean join(List<Future<?>> stages) {
        boolean interrupted = Thread.interrupted();
        for (Future<?> stage : stages) {
            boolean done = false;
            while (!done) {
                try {
                    stage.get();
                    done = true;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw new IllegalStateException("a stage reports its failures itself", e);
                }
            }
        }
        return interrupted;
    }

    private void rethrow() throws InterruptedException {
        Throwable thrown = failure.get();
        if (thrown instanceof InterruptedException interruption) {
            throw interruption;
        }
        if (thrown instanceof RuntimeException runtime) {
            throw runtime;
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown != null) {
            throw new IllegalStateException(thrown);
        }
    }

    @FunctionalInterface
    private interface Stage {
        void run() throws InterruptedException;
    }

    private void stage(Stage work) {
        try {
            work.run();
        } catch (Stopped stopped) {
            // another stage has failed and said why
        } catch (Throwable thrown) {
            failure.compareAndSet(null, thrown);
        }
    }

    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Stopped() {
            super(null, null, false, false);
        }
    }

    private Frame take(BlockingQueue<Frame> queue) throws InterruptedException {
        while (true) {
            if (failure.get() != null) {
                throw new Stopped();
            }
            if (cancelled.getAsBoolean()) {
                throw new SwapCancelledException();
            }
            Frame frame = queue.poll(LOOK_UP_MILLIS, TimeUnit.MILLISECONDS);
            if (frame != null) {
                return frame;
            }
        }
    }

    private void decode() throws InterruptedException {
        long index = 0;
        double before = 0;
        while (true) {
            Frame frame = take(free);
            long begun = System.nanoTime();
            boolean more = source.read(frame.bgr, frame.alpha, frame.coded);
            clock.add("decode", System.nanoTime() - begun);
            if (!more) {
                decoded.put(end);
                return;
            }
            frame.pts = source.pts();
            frame.duration = source.duration();
            frame.seconds = source.timeBase().toSeconds(source.pts());
            frame.step = index == 0 ? USUAL_STEP : (float) Math.max(1e-3, frame.seconds - before);
            before = frame.seconds;
            frame.index = index++;
            decoded.put(frame);
        }
    }

    private void track() throws InterruptedException {
        while (true) {
            Frame frame = take(decoded);
            if (frame == end) {
                faces.complete();
                tracked.put(end);
                return;
            }
            long begun = System.nanoTime();
            frame.faces = faces.faces(frame.index, frame.bgr, frame.step);
            clock.add("track", System.nanoTime() - begun);
            tracked.put(frame);
        }
    }

    private void swap() throws InterruptedException {
        Map<Integer, FaceSwapper.SwapSession> sessions = new HashMap<>();
        try {
            while (true) {
                Frame frame = take(tracked);
                if (frame == end) {
                    swapped.put(end);
                    return;
                }
                long begun = System.nanoTime();
                frame.swapped = 0;
                frame.changed = new Rect();
                for (TrackedFace one : frame.faces) {
                    FaceSwapper.SwapSession session = sessions.computeIfAbsent(one.id(), id -> face.open());
                    frame.changed = Rects.union(frame.changed, session.swap(frame.bgr, one));
                    frame.swapped = Math.max(frame.swapped, one.fade());
                }
                clock.add("swap", System.nanoTime() - begun);
                swapped.put(frame);
            }
        } finally {
            sessions.values().forEach(FaceSwapper.SwapSession::close);
        }
    }

    private Totals encode() throws InterruptedException {
        long started = System.nanoTime();
        int count = 0;
        int withFace = 0;
        double seconds = 0;
        while (true) {
            Frame frame = take(swapped);
            if (frame == end) {
                break;
            }
            long begun = System.nanoTime();
            for (FrameSink sink : sinks) {
                sink.write(frame);
            }
            clock.add("encode", System.nanoTime() - begun);
            count++;
            withFace += frame.swapped > 0 ? 1 : 0;
            double length = frame.duration > 0 ? source.timeBase().toSeconds(frame.duration) : frame.step;
            seconds = frame.seconds + length;
            free.put(frame);
            report(count, (System.nanoTime() - started) / 1e9);
        }
        long begun = System.nanoTime();
        for (FrameSink sink : sinks) {
            sink.finish();
        }
        clock.add("encode", System.nanoTime() - begun);
        return new Totals(count, withFace, seconds);
    }

    private void report(int done, double seconds) {
        long expected = source.expectedFrames();
        long total = expected <= 0 ? 0 : Math.max(done, expected);
        OptionalDouble remaining =
                total == 0 ? OptionalDouble.empty() : OptionalDouble.of(seconds / done * (total - done));
        progress.progressed(done, total, remaining);
    }
}
