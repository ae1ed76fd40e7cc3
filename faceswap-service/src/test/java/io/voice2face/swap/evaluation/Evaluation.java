package io.voice2face.swap.evaluation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.MatOfInt;
import org.opencv.core.MatOfPoint;
import org.opencv.core.Point;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.imgproc.Imgproc;

import io.voice2face.media.VideoReader;
import io.voice2face.media.VideoWriter;
import io.voice2face.media.VisualLimits;
import io.voice2face.swap.FaceSwapper;
import io.voice2face.swap.TestFaces;
import io.voice2face.swap.embedded.BeardProbe;
import io.voice2face.swap.embedded.EmbeddedFaceSwapper;
import io.voice2face.swap.embedded.OcclusionProbe;
import io.voice2face.swap.face.FaceChoice;
import io.voice2face.swap.face.FaceFinder;
import io.voice2face.swap.face.FaceRegion;
import io.voice2face.swap.face.FaceRegions;
import io.voice2face.swap.face.FaceTopology;
import io.voice2face.swap.face.FaceTracker;
import io.voice2face.swap.face.HeadPose;
import io.voice2face.swap.face.PoseEstimator;
import io.voice2face.swap.face.TrackedFace;

/**
 * Measures the embedded swapper on pairs of stills and on clips, and lays tiled pictures of all of them beside the
 * figures. See the README for the command and for what the figures mean.
 */
public final class Evaluation {
    private static final int TILE = 256;
    private static final int STILL = 720;
    private static final float STEP = 1 / 25f;
    private static final float LARGEST_YAW = 12;
    private static final double SAME = 10;
    /** ln(luma): what makes a skin another, not the same in other light. */
    private static final double LIGHTER = .25;
    /** Which of the generated faces wears a beard. */
    private static final int BEARDED = 1;
    /** Share of the jaw from which a face is a bearded one, and up to which it is none. */
    private static final double BEARD = .3;

    private static final double NO_BEARD = .1;

    private final Path out;
    private final JudgingEncoder encoder;
    private final FaceTopology topology = TestFaces.topology();
    private final FaceFinder finder = TestFaces.finder();
    private final PoseEstimator poses = new PoseEstimator(topology);
    private final FaceSwapper swapper = new EmbeddedFaceSwapper(TestFaces.finder(), topology);

    private Evaluation(Path out, JudgingEncoder encoder) {
        this.out = out;
        this.encoder = encoder;
    }

    /**
     * @param arguments folder of the portraits, weights of the generator, weights of the judging encoder, folder for the
     *     pictures, then {@code all} or nothing, or with commas between {@code stills}, {@code tones}, {@code lips},
     *     {@code clips} and names of single clips
     * @throws IllegalArgumentException if a part is none of these
     */
    public static void main(String[] arguments) throws Exception {
        Path portraits = Path.of(arguments[0]);
        Path out = Files.createDirectories(Path.of(arguments[3]));
        String named = arguments.length > 4 ? arguments[4] : "all";
        List<String> parts = named.equals("all") ? List.of("stills", "tones", "clips") : List.of(named.split(","));
        List<String> known = Stream.concat(Stream.of("stills", "tones", "lips", "clips"), Scene.NAMES.stream())
                .toList();
        if (!known.containsAll(parts)) {
            throw new IllegalArgumentException(named + " is not all, nor of " + known);
        }
        TestFaces.finder().close();
        Core.setNumThreads(1);
        try (JudgingEncoder encoder = new JudgingEncoder(Path.of(arguments[2]))) {
            Evaluation evaluation = new Evaluation(out, encoder);
            Path generator = Path.of(arguments[1]);
            List<Mat> sources = GeneratedFaces.draw(generator, 6);
            List<String> clips = new ArrayList<>();
            for (String part : parts) {
                switch (part) {
                    case "stills" -> evaluation.stills(part, sources, portraits);
                    case "tones" -> evaluation.stills(part, GeneratedFaces.drawTones(generator), portraits);
                    case "lips" -> evaluation.lips(portraits);
                    case "clips" -> clips.addAll(Scene.NAMES);
                    default -> clips.add(part);
                }
            }
            if (!clips.isEmpty()) {
                evaluation.clips(sources, clips);
            }
        }
    }

    private void stills(String name, List<Mat> sources, Path portraits) throws Exception {
        List<Mat> targets = frontal(portraits, 12);
        List<Double> toSource = new ArrayList<>();
        List<Double> toTarget = new ArrayList<>();
        List<Double> before = new ArrayList<>();
        List<Double> landmarks = new ArrayList<>();
        List<Double> turned = new ArrayList<>();
        List<Double> outside = new ArrayList<>();
        List<Double> lips = new ArrayList<>();
        List<Double> ownLips = new ArrayList<>();
        List<Double> targetLips = new ArrayList<>();
        List<Double> beard = new ArrayList<>();
        List<Double> targetBeard = new ArrayList<>();
        List<List<Mat>> sheet = new ArrayList<>();
        List<Mat> head = new ArrayList<>();
        head.add(Mat.zeros(TILE, TILE, CvType.CV_8UC3));
        targets.forEach(target -> head.add(tile(target, around(target))));
        sheet.add(head);
        for (Mat source : sources) {
            float[] sourceFace = locate(source).orElseThrow();
            float[] sourceId = encoder.embed(source, sourceFace);
            double sourceBeard = BeardProbe.share(source, sourceFace);
            List<Mat> row = new ArrayList<>();
            row.add(tile(source, around(source)));
            try (FaceSwapper.PreparedFace face = swapper.prepare(source)) {
                for (Mat target : targets) {
                    float[] targetFace = locate(target).orElseThrow();
                    Mat result = target.clone();
                    swapOne(face, result);
                    float[] resultFace = locate(result).orElse(targetFace);
                    float[] id = encoder.embed(result, resultFace);
                    float[] targetId = encoder.embed(target, targetFace);
                    toSource.add(JudgingEncoder.cosine(id, sourceId));
                    toTarget.add(JudgingEncoder.cosine(id, targetId));
                    before.add(JudgingEncoder.cosine(targetId, sourceId));
                    landmarks.add(landmarkError(targetFace, resultFace));
                    turned.add(poseError(targetFace, resultFace));
                    outside.add(psnrOutside(target, result, targetFace));
                    if (LipStatistics.cheekLuma(target, targetFace)
                            > LipStatistics.cheekLuma(source, sourceFace) + LIGHTER) {
                        ownLips.add(LipStatistics.lowerOverCheeks(source, sourceFace));
                        targetLips.add(LipStatistics.lowerOverCheeks(target, targetFace));
                        lips.add(LipStatistics.lowerOverCheeks(result, resultFace));
                    }
                    double grown = BeardProbe.share(target, targetFace);
                    if (sourceBeard < NO_BEARD && grown > BEARD) {
                        targetBeard.add(grown);
                        beard.add(BeardProbe.share(result, resultFace));
                    }
                    row.add(tile(result, around(target)));
                    result.release();
                }
            }
            sheet.add(row);
        }
        write(sheet, name + ".png");
        System.out.printf(
                Locale.ROOT,
                "%s: %d pairs, %d faces x %d targets%n",
                name,
                toSource.size(),
                sources.size(),
                targets.size());
        line("cosine to the source", toSource, ">= .63, p10 >= .50");
        line("cosine to the target", toTarget, "<= .27");
        line("cosine unswapped", before, "for comparison");
        line("468-point error / I", landmarks, "<= .022");
        line("pose error, degrees", turned, "<= 2");
        line("PSNR outside, dB", outside, ">= 45");
        if (!lips.isEmpty()) {
            line("lips on lighter skin", lips, "ln(luma) above the skin's");
            line("the same, source's own", ownLips, "for comparison");
            line("the same, target's own", targetLips, "for comparison");
        }
        if (!beard.isEmpty()) {
            line("beard on the jaw", beard, "of beardless faces on bearded targets");
            line("the same, target's own", targetBeard, "for comparison");
        }
    }

    private void lips(Path portraits) throws Exception {
        LipStatistics statistics = new LipStatistics();
        for (Mat picture : frontal(portraits, Integer.MAX_VALUE)) {
            statistics.add(picture, locate(picture).orElseThrow());
            picture.release();
        }
        statistics.print();
    }

    private List<Mat> frontal(Path portraits, int wanted) throws Exception {
        List<Path> files = new ArrayList<>();
        for (int i = 0; files.size() < 200 && i < 100; i++) {
            files.add(portraits.resolve("female/1024/" + i + ".jpg"));
            files.add(portraits.resolve("male/1024/" + i + ".jpg"));
        }
        List<Mat> found = new ArrayList<>();
        for (Path file : files) {
            if (found.size() == wanted || !Files.exists(file)) {
                continue;
            }
            Mat picture = Imgcodecs.imread(file.toString());
            Imgproc.resize(picture, picture, new Size(STILL, STILL), 0, 0, Imgproc.INTER_AREA);
            boolean fits = locate(picture)
                    .filter(face -> TrackedFace.eyeDistance(face) > 70)
                    .map(poses::estimate)
                    .filter(pose -> Math.abs(pose.yaw()) < LARGEST_YAW)
                    .isPresent();
            if (fits) {
                found.add(picture);
            }
        }
        return found;
    }

    private java.util.Optional<float[]> locate(Mat picture) {
        List<FaceRegion> found = finder.detect(picture);
        if (found.isEmpty()) {
            return java.util.Optional.empty();
        }
        FaceRegion largest =
                found.stream().max(Comparator.comparingDouble(FaceRegion::side)).orElseThrow();
        float[] xyz = new float[FaceTopology.POINTS * 3];
        float score = finder.locate(picture, largest, xyz);
        for (int pass = 0; pass < 2; pass++) {
            score = finder.locate(picture, FaceRegion.around(xyz), xyz);
        }
        return score > .5f ? java.util.Optional.of(xyz) : java.util.Optional.empty();
    }

    private void swapOne(FaceSwapper.PreparedFace face, Mat picture) {
        try (FaceTracker tracker = new FaceTracker(finder, topology, new FaceChoice.Prominent());
                FaceSwapper.SwapSession session = face.open()) {
            for (TrackedFace tracked : tracker.track(picture, STEP)) {
                session.swap(picture, tracked);
            }
        }
    }

    private void clips(List<Mat> sources, List<String> names) throws Exception {
        Path folder = Files.createTempDirectory("v2f-evaluation");
        System.out.printf(
                Locale.ROOT,
                "%-15s %7s %7s %7s %7s %6s %7s %8s %8s %7s %6s %6s%n",
                "clip",
                "468/I",
                "steady",
                "moving",
                "floor",
                "pose",
                "jitter",
                "PSNR",
                "encoded",
                "false",
                "kept",
                "lost");
        for (String name : names) {
            // the same face for a clip whether it is run alone or with the others
            Mat source = sources.get(Scene.NAMES.indexOf(name) % sources.size());
            try (Scene scene = Scene.make(name, folder, sources.get(BEARDED));
                    FaceSwapper.PreparedFace face = swapper.prepare(source)) {
                clip(scene, face, folder);
            }
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private void clip(Scene scene, FaceSwapper.PreparedFace prepared, Path folder) throws Exception {
        List<Double> landmarks = new ArrayList<>();
        List<Double> turned = new ArrayList<>();
        List<Double> outside = new ArrayList<>();
        List<Double> falseShare = new ArrayList<>();
        List<Double> kept = new ArrayList<>();
        List<Double> floor = new ArrayList<>();
        List<float[]> ownTrack = new ArrayList<>();
        List<float[]> resultTrack = new ArrayList<>();
        List<Mat> results = new ArrayList<>();
        List<float[]> faces = new ArrayList<>();
        int lost = 0;
        try (FaceTracker tracker = new FaceTracker(finder, topology, new FaceChoice.Prominent());
                FaceSwapper.SwapSession session = prepared.open()) {
            for (int i = 0; i < scene.frames().size(); i++) {
                Mat frame = scene.frames().get(i);
                Mat result = frame.clone();
                results.add(result);
                List<TrackedFace> tracked = tracker.track(result, STEP);
                if (tracked.isEmpty()) {
                    lost++;
                    faces.add(new float[0]);
                    continue;
                }
                TrackedFace face = tracked.get(0);
                session.swap(result, face);
                faces.add(face.xyz());
                float[] own = follow(frame, face.xyz());
                float[] after = follow(result, face.xyz());
                boolean free = scene.occluders().isEmpty()
                        || Core.countNonZero(scene.occluders().get(i)) == 0;
                outside.add(psnrOutside(frame, result, face.xyz()));
                if (free) {
                    landmarks.add(landmarkError(own, after));
                    turned.add(poseError(own, after));
                    ownTrack.add(own);
                    floor.add(landmarkError(own, follow(compressed(frame), face.xyz())));
                    resultTrack.add(after);
                    if (isInside(frame, face.xyz())) {
                        falseShare.add(OcclusionProbe.share(session));
                    }
                } else {
                    keptShare(scene.occluders().get(i), frame, result, face.xyz())
                            .ifPresent(kept::add);
                }
            }
        }
        double jitter = jitter(resultTrack) / Math.max(1e-9, jitter(ownTrack));
        double encoded = encodedOutside(scene, results, faces, folder);
        System.out.printf(
                Locale.ROOT,
                "%-15s %7s %7s %7s %7s %6s %7s %8.1f %8.1f %7s %6s %6d%n",
                scene.name(),
                shown(landmarks, "%.4f", mean(landmarks)),
                shown(landmarks, "%.4f", steadyError(ownTrack, resultTrack)),
                shown(landmarks, "%.4f", movingError(ownTrack, resultTrack)),
                shown(floor, "%.4f", mean(floor)),
                shown(turned, "%.2f", mean(turned)),
                shown(landmarks, "%.2f", jitter),
                mean(outside),
                encoded,
                shown(falseShare, "%.2f%%", mean(falseShare) * 100),
                shown(kept, "%.1f%%", mean(kept) * 100),
                lost);
        sheet(scene, results);
        results.forEach(Mat::release);
    }

    /** A dash where no frame had what is measured: with something before the face in every frame, say. */
    private static String shown(List<?> measured, String format, double value) {
        return measured.isEmpty() ? "-" : String.format(Locale.ROOT, format, value);
    }

    private static boolean isInside(Mat frame, float[] xyz) {
        for (int i = 0; i < xyz.length; i += 3) {
            if (xyz[i] < 0 || xyz[i + 1] < 0 || xyz[i] >= frame.cols() || xyz[i + 1] >= frame.rows()) {
                return false;
            }
        }
        return true;
    }

    private float[] follow(Mat frame, float[] near) {
        float[] xyz = new float[near.length];
        finder.locate(frame, FaceRegion.around(near), xyz);
        return xyz;
    }

    private static double landmarkError(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i += 3) {
            sum += Math.hypot(a[i] - b[i], a[i + 1] - b[i + 1]);
        }
        return sum / FaceTopology.POINTS / TrackedFace.eyeDistance(a);
    }

    /** Offsets in eye distances, averaged over the clip: what another person's face has elsewhere. */
    private static float[] steadyOffsets(List<float[]> own, List<float[]> result) {
        float[] offsets = new float[FaceTopology.POINTS * 3];
        for (int f = 0; f < own.size(); f++) {
            float unit = TrackedFace.eyeDistance(own.get(f)) * own.size();
            for (int i = 0; i < offsets.length; i++) {
                offsets[i] += (result.get(f)[i] - own.get(f)[i]) / unit;
            }
        }
        return offsets;
    }

    /** The part of the landmark error that is the same in every frame: the other face's proportions. */
    private static double steadyError(List<float[]> own, List<float[]> result) {
        float[] offsets = steadyOffsets(own, result);
        double sum = 0;
        for (int i = 0; i < offsets.length; i += 3) {
            sum += Math.hypot(offsets[i], offsets[i + 1]);
        }
        return sum / FaceTopology.POINTS;
    }

    /** The part of the landmark error that comes and goes: expression and motion that were not followed. */
    private static double movingError(List<float[]> own, List<float[]> result) {
        float[] offsets = steadyOffsets(own, result);
        double sum = 0;
        for (int f = 0; f < own.size(); f++) {
            float[] a = own.get(f);
            float[] b = result.get(f);
            float unit = TrackedFace.eyeDistance(a);
            for (int i = 0; i < offsets.length; i += 3) {
                sum += Math.hypot((b[i] - a[i]) / unit - offsets[i], (b[i + 1] - a[i + 1]) / unit - offsets[i + 1]);
            }
        }
        return sum / Math.max(1, own.size()) / FaceTopology.POINTS;
    }

    /** The same picture, stored once as JPEG: how far apart the network sees a face in two copies of one picture. */
    private static Mat compressed(Mat frame) {
        MatOfByte bytes = new MatOfByte();
        Imgcodecs.imencode(".jpg", frame, bytes, new MatOfInt(Imgcodecs.IMWRITE_JPEG_QUALITY, 80));
        Mat copy = Imgcodecs.imdecode(bytes, Imgcodecs.IMREAD_COLOR);
        bytes.release();
        return copy;
    }

    private double poseError(float[] a, float[] b) {
        HeadPose p = poses.estimate(a);
        HeadPose q = poses.estimate(b);
        return Math.max(
                Math.abs(p.yaw() - q.yaw()), Math.max(Math.abs(p.pitch() - q.pitch()), Math.abs(p.roll() - q.roll())));
    }

    /** Root mean square of the second differences: what is neither rest nor even motion. */
    private static double jitter(List<float[]> track) {
        double sum = 0;
        long n = 0;
        for (int i = 2; i < track.size(); i++) {
            float[] a = track.get(i - 2);
            float[] b = track.get(i - 1);
            float[] c = track.get(i);
            for (int k = 0; k < a.length; k++) {
                if (k % 3 != 2) {
                    double d = a[k] - 2 * b[k] + c[k];
                    sum += d * d;
                    n++;
                }
            }
        }
        return Math.sqrt(sum / Math.max(1, n));
    }

    /** 255 outside 1.35 times the oval. */
    private static Mat outsideMask(Size size, float[] xyz) {
        double cx = 0;
        double cy = 0;
        int n = FaceRegions.OVAL.size();
        for (int i = 0; i < n; i++) {
            cx += xyz[FaceRegions.OVAL.point(i) * 3] / n;
            cy += xyz[FaceRegions.OVAL.point(i) * 3 + 1] / n;
        }
        Point[] outline = new Point[n];
        for (int i = 0; i < n; i++) {
            int p = FaceRegions.OVAL.point(i) * 3;
            outline[i] = new Point(cx + 1.35 * (xyz[p] - cx), cy + 1.35 * (xyz[p + 1] - cy));
        }
        Mat mask = new Mat(size, CvType.CV_8U, new Scalar(255));
        MatOfPoint points = new MatOfPoint(outline);
        MatOfInt hull = new MatOfInt();
        Imgproc.convexHull(points, hull);
        int[] order = hull.toArray();
        Point[] convex = new Point[order.length];
        for (int i = 0; i < convex.length; i++) {
            convex[i] = outline[order[i]];
        }
        Imgproc.fillConvexPoly(mask, new MatOfPoint(convex), new Scalar(0));
        return mask;
    }

    private static double psnrOutside(Mat target, Mat result, float[] xyz) {
        Mat mask = outsideMask(target.size(), xyz);
        double error = Core.norm(target, result, Core.NORM_L2SQR, mask);
        double values = 3. * Core.countNonZero(mask);
        mask.release();
        return error == 0 ? 99 : 10 * Math.log10(255 * 255 * values / error);
    }

    private java.util.Optional<Double> keptShare(Mat occluder, Mat frame, Mat result, float[] xyz) {
        Mat face = outsideMask(frame.size(), xyz);
        Core.bitwise_not(face, face);
        Core.bitwise_and(face, occluder, face);
        Imgproc.threshold(face, face, 128, 255, Imgproc.THRESH_BINARY);
        int whole = Core.countNonZero(face);
        if (whole < 500) {
            return java.util.Optional.empty();
        }
        Mat difference = new Mat();
        Core.absdiff(frame, result, difference);
        List<Mat> channels = new ArrayList<>();
        Core.split(difference, channels);
        Core.max(channels.get(0), channels.get(1), channels.get(0));
        Core.max(channels.get(0), channels.get(2), channels.get(0));
        Mat same = new Mat();
        Imgproc.threshold(channels.get(0), same, SAME, 255, Imgproc.THRESH_BINARY_INV);
        Core.bitwise_and(same, face, same);
        return java.util.Optional.of((double) Core.countNonZero(same) / whole);
    }

    private double encodedOutside(Scene scene, List<Mat> results, List<float[]> faces, Path folder) {
        Path file = folder.resolve(scene.name() + ".mp4");
        Mat first = results.get(0);
        try (VideoWriter writer =
                VideoWriter.open(file, VideoWriter.Settings.constantRate(first.cols(), first.rows(), 25))) {
            for (int i = 0; i < results.size(); i++) {
                writer.write(results.get(i), i, 1);
            }
            writer.finish();
        }
        List<Double> values = new ArrayList<>();
        Mat frame = new Mat();
        try (VideoReader reader = VideoReader.open(file, VisualLimits.defaults())) {
            for (int i = 0; reader.read(frame); i++) {
                if (faces.get(i).length > 0) {
                    values.add(psnrOutside(scene.frames().get(i), frame, faces.get(i)));
                }
            }
        }
        frame.release();
        return mean(values);
    }

    private void sheet(Scene scene, List<Mat> results) {
        List<List<Mat>> rows = new ArrayList<>();
        int columns = 4;
        int count = 16;
        List<Mat> row = new ArrayList<>();
        for (int k = 0; k < count; k++) {
            int i = k * results.size() / count;
            Mat target = scene.frames().get(i);
            Rect all = new Rect(0, 0, target.cols(), target.rows());
            row.add(tile(target, all));
            row.add(tile(results.get(i), all));
            if (row.size() == columns * 2) {
                rows.add(row);
                row = new ArrayList<>();
            }
        }
        write(rows, "clip-" + scene.name() + ".png");
    }

    private Rect around(Mat picture) {
        return locate(picture)
                .map(xyz -> {
                    FaceRegion region = FaceRegion.around(xyz);
                    int half = Math.min(Math.round(region.side() * .46f), Math.min(picture.cols(), picture.rows()) / 2);
                    int x = Math.max(half, Math.min(picture.cols() - half, Math.round(region.centreX())));
                    int y = Math.max(half, Math.min(picture.rows() - half, Math.round(region.centreY())));
                    return new Rect(x - half, y - half, 2 * half, 2 * half);
                })
                .orElse(new Rect(0, 0, picture.cols(), picture.rows()));
    }

    private static Mat tile(Mat picture, Rect part) {
        Mat small = new Mat();
        Mat cut = picture.submat(part);
        double scale = (double) TILE / cut.rows();
        Imgproc.resize(cut, small, new Size(Math.round(cut.cols() * scale), TILE), 0, 0, Imgproc.INTER_AREA);
        cut.release();
        return small;
    }

    private void write(List<List<Mat>> rows, String name) {
        List<Mat> lines = new ArrayList<>();
        for (List<Mat> row : rows) {
            Mat line = new Mat();
            Core.hconcat(row, line);
            lines.add(line);
        }
        Mat sheet = new Mat();
        Core.vconcat(lines, sheet);
        Imgcodecs.imwrite(out.resolve(name).toString(), sheet);
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    private static void line(String name, List<Double> values, String bar) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        System.out.printf(
                Locale.ROOT,
                "%-22s mean %7.4f  p10 %7.4f  median %7.4f  p90 %7.4f  (%s)%n",
                name,
                mean(values),
                sorted.get(sorted.size() / 10),
                sorted.get(sorted.size() / 2),
                sorted.get(sorted.size() * 9 / 10),
                bar);
    }
}
