package io.voice2face.swap.job;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jboss.logging.Logger;
import org.opencv.core.Mat;
import org.opencv.core.Rect;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.voice2face.media.StillImage;
import io.voice2face.media.VideoWriter;
import io.voice2face.media.VisualLimits;
import io.voice2face.storage.client.WorkFolder;
import io.voice2face.swap.FaceSwapper;
import io.voice2face.swap.config.SwapServiceSettings;
import io.voice2face.swap.pipeline.SwapCancelledException;
import io.voice2face.swap.pipeline.TargetSwapper;

/**
 * Swaps a face in a short clip of its own when the service starts: natives are loaded and the loops over pixels compiled
 * before the first job comes. Nobody waits for it, and it gives up as soon as there is a job.
 */
@ApplicationScoped
public class WarmUp {
    private static final Logger LOG = Logger.getLogger(WarmUp.class);
    /** A face that our generator made, 384 × 384. */
    private static final String PORTRAIT = "/warm-up/portrait.jpg";

    private static final int SIDE = 360;
    private static final int SWAY = 12;
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private final TargetSwapper targets;
    private final WorkFolder work;
    private final int pictures;
    private volatile boolean stopped;

    WarmUp(TargetSwapper targets, WorkFolder work, SwapServiceSettings settings) {
        this.targets = targets;
        this.work = work;
        this.pictures = settings.workers().warmUpPictures();
    }

    void start(@Observes StartupEvent event) {
        if (pictures > 0) {
            Thread thread = new Thread(this::run, "swap-warm-up");
            thread.setDaemon(true);
            thread.start();
        }
    }

    void end(@Observes ShutdownEvent event) {
        stop();
    }

    /** Gives the cores to real work. */
    void stop() {
        stopped = true;
    }

    private void run() {
        Instant begun = Instant.now();
        try {
            Path folder = work.create("warm-up");
            try {
                swap(folder, begun);
                LOG.infof(
                        "warm after %d ms",
                        Duration.between(begun, Instant.now()).toMillis());
            } finally {
                work.discard(folder);
            }
        } catch (SwapCancelledException e) {
            LOG.info("warming up was cut short by a job");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | FaceSwapper.NoFaceException | RuntimeException e) {
            // the first job will be slower, or say the same where it matters
            LOG.warnf("warming up failed: %s", e);
        }
    }

    private void swap(Path folder, Instant begun)
            throws IOException, InterruptedException, FaceSwapper.NoFaceException {
        Path portrait = folder.resolve("portrait.jpg");
        try (InputStream in = WarmUp.class.getResourceAsStream(PORTRAIT)) {
            Files.copy(in, portrait);
        }
        Path clip = swaying(portrait, folder.resolve("target.mp4"));
        targets.swap(
                portrait,
                clip,
                folder,
                false,
                (done, total, left) -> {},
                () -> stopped || Duration.between(begun, Instant.now()).compareTo(LONGEST) > 0);
    }

    /** The portrait as a clip: a window that moves to and fro over it. */
    private Path swaying(Path portrait, Path clip) {
        Mat picture = StillImage.read(portrait, VisualLimits.defaults());
        try (VideoWriter writer = VideoWriter.open(clip, VideoWriter.Settings.constantRate(SIDE, SIDE, 25))) {
            for (int i = 0; i < pictures && !stopped; i++) {
                int x = (int) Math.round(SWAY * (1 + Math.sin(i * .3)));
                Mat window = picture.submat(new Rect(x, SWAY, SIDE, SIDE));
                writer.write(window, i, 1);
                window.release();
            }
            writer.finish();
        } finally {
            picture.release();
        }
        return clip;
    }
}
