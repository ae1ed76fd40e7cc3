package io.voice2face.swap.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Point;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

import io.voice2face.media.VideoReader;
import io.voice2face.media.VisualLimits;
import io.voice2face.swap.TestFaces;
import io.voice2face.swap.face.FaceChoice;
import io.voice2face.swap.face.FaceFinder;
import io.voice2face.swap.face.FaceTopology;
import io.voice2face.swap.face.FaceTracker;
import io.voice2face.swap.face.Smoothstep;
import io.voice2face.swap.face.TrackedFace;

/**
 * A clip of the evaluation: a built-in template, and what is done to it.
 *
 * @param name what it shows
 * @param frames 8-bit BGR
 * @param occluders 8-bit masks of what lies before the face, one per frame; empty where nothing does
 */
record Scene(String name, List<Mat> frames, List<Mat> occluders) implements AutoCloseable {
    private static final int LONGEST = 112;

    static final List<String> NAMES = List.of(
            "talking",
            "turning",
            "blinking",
            "smiling",
            "two-people",
            "side-light",
            "exposure-ramp",
            "hand",
            "microphone",
            "lost-and-found",
            "glasses",
            "hair-strand",
            "cup-from-start",
            "hand-from-start",
            "far-turn",
            "beard");

    /**
     * Makes a clip.
     *
     * @param folder for the templates while they are read
     * @param bearded 8-bit BGR portrait of somebody with a beard
     */
    static Scene make(String name, Path folder, Mat bearded) throws Exception {
        return switch (name) {
            case "talking" -> plain(name, "studio-woman", folder);
            case "turning" -> plain(name, "garden-woman", folder);
            case "blinking" -> plain(name, "office-man", folder);
            case "smiling" -> plain(name, "evening-man", folder);
            case "two-people" -> twoPeople(name, folder);
            case "side-light" -> sideLight(name, folder);
            case "exposure-ramp" -> exposureRamp(name, folder);
            case "hand" -> occluded(name, "garden-woman", folder, Scene::hand, new Scalar(110, 140, 190));
            case "microphone" -> occluded(name, "office-man", folder, Scene::microphone, new Scalar(38, 36, 35));
            case "lost-and-found" -> lostAndFound(name, folder);
            case "glasses" -> worn(name, "studio-woman", folder, Scene::glasses, new Scalar(38, 34, 36));
            case "hair-strand" -> worn(name, "garden-woman", folder, Scene::strand, new Scalar(30, 34, 46));
            case "cup-from-start" -> occluded(name, "office-man", folder, Scene::cup, new Scalar(170, 95, 40));
            case "hand-from-start" ->
                occluded(name, "garden-woman", folder, Scene::stillHand, new Scalar(110, 140, 190));
            case "far-turn" -> farTurn(name, folder);
            case "beard" -> moved(name, bearded);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static Scene plain(String name, String template, Path folder) throws Exception {
        return new Scene(name, read(template, folder), List.of());
    }

    /** A portrait that nods from side to side, comes nearer and goes back, in light that changes a little. */
    private static Scene moved(String name, Mat portrait) {
        List<Mat> frames = new ArrayList<>();
        double size = 720;
        for (int i = 0; i < 75; i++) {
            double phase = 2 * Math.PI * i / 75;
            double scale = size / portrait.cols() * (1.05 + .05 * Math.sin(phase));
            Point middle = new Point(portrait.cols() / 2., portrait.rows() / 2.);
            Mat move = Imgproc.getRotationMatrix2D(middle, 5 * Math.sin(2 * phase), scale);
            move.put(0, 2, move.get(0, 2)[0] + size / 2 - middle.x + 14 * Math.cos(phase));
            move.put(1, 2, move.get(1, 2)[0] + size / 2 - middle.y + 6 * Math.sin(3 * phase));
            Mat frame = new Mat();
            Imgproc.warpAffine(
                    portrait,
                    frame,
                    move,
                    new Size(size, size),
                    Imgproc.INTER_CUBIC,
                    Core.BORDER_REPLICATE,
                    new Scalar(0));
            frame.convertTo(frame, -1, 1 + .06 * Math.sin(phase), 0);
            frames.add(frame);
            move.release();
        }
        return new Scene(name, frames, List.of());
    }

    private static List<Mat> read(String template, Path folder) throws Exception {
        List<Mat> frames = new ArrayList<>();
        try (VideoReader reader = VideoReader.open(TestFaces.clip(template, folder), VisualLimits.defaults())) {
            Mat frame = new Mat();
            while (frames.size() < LONGEST && reader.read(frame)) {
                frames.add(frame.clone());
            }
            frame.release();
        }
        return frames;
    }

    private static Scene twoPeople(String name, Path folder) throws Exception {
        List<Mat> right = read("studio-woman", folder);
        List<Mat> left = read("evening-man", folder);
        List<Mat> both = new ArrayList<>();
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            Mat frame = new Mat(720, 1280, CvType.CV_8UC3, new Scalar(120, 125, 130));
            Mat small = new Mat();
            Imgproc.resize(left.get(i), small, new Size(560, 560), 0, 0, Imgproc.INTER_AREA);
            small.copyTo(frame.submat(new Rect(0, 160, 560, 560)));
            right.get(i).copyTo(frame.submat(new Rect(560, 0, 720, 720)));
            small.release();
            both.add(frame);
        }
        left.forEach(Mat::release);
        right.forEach(Mat::release);
        return new Scene(name, both, List.of());
    }

    private static Scene sideLight(String name, Path folder) throws Exception {
        List<Mat> frames = read("office-man", folder);
        Mat gain = new Mat(720, 720, CvType.CV_32FC3);
        float[] row = new float[720 * 3];
        for (int y = 0; y < 720; y++) {
            for (int x = 0; x < 720; x++) {
                float lit = (float) (1 / (1 + Math.exp((x - 380) / 45.)));
                row[x * 3] = .36f + .62f * lit;
                row[x * 3 + 1] = .34f + .74f * lit;
                row[x * 3 + 2] = .33f + .86f * lit;
            }
            gain.put(y, 0, row);
        }
        for (Mat frame : frames) {
            Mat lit = new Mat();
            frame.convertTo(lit, CvType.CV_32FC3);
            Core.multiply(lit, gain, lit);
            lit.convertTo(frame, CvType.CV_8UC3);
            lit.release();
        }
        gain.release();
        return new Scene(name, frames, List.of());
    }

    /** Leaves the picture at the right, is away for a second, and comes back from the left. */
    private static Scene lostAndFound(String name, Path folder) throws Exception {
        List<Mat> frames = read("office-man", folder);
        for (int i = 0; i < frames.size(); i++) {
            Mat frame = frames.get(i);
            float away = Smoothstep.of(i, 25, 40) - 2 * (i >= 55 ? 1 : 0) + Smoothstep.of(i, 65, 80);
            int shift = Math.round(away * frame.cols());
            Mat moved = new Mat(frame.size(), frame.type(), new Scalar(150, 130, 120));
            int width = frame.cols() - Math.abs(shift);
            if (width > 0) {
                frame.submat(new Rect(Math.max(0, -shift), 0, width, frame.rows()))
                        .copyTo(moved.submat(new Rect(Math.max(0, shift), 0, width, frame.rows())));
            }
            moved.copyTo(frame);
            moved.release();
        }
        return new Scene(name, frames, List.of());
    }

    private static Scene exposureRamp(String name, Path folder) throws Exception {
        List<Mat> frames = read("studio-woman", folder);
        for (int i = 0; i < frames.size(); i++) {
            double gain = .45 + .85 * i / frames.size();
            frames.get(i).convertTo(frames.get(i), -1, gain, 0);
        }
        return new Scene(name, frames, List.of());
    }

    @FunctionalInterface
    private interface Drawing {
        void draw(Mat mask, int frame, int frames);
    }

    private static Scene occluded(String name, String template, Path folder, Drawing drawing, Scalar colour)
            throws Exception {
        List<Mat> frames = read(template, folder);
        List<Mat> masks = new ArrayList<>();
        for (int i = 0; i < frames.size(); i++) {
            Mat mask = Mat.zeros(frames.get(i).size(), CvType.CV_8U);
            drawing.draw(mask, i, frames.size());
            paint(frames.get(i), mask, colour);
            masks.add(mask);
        }
        return new Scene(name, frames, masks);
    }

    @FunctionalInterface
    private interface Wear {
        void draw(Mat mask, float[] xyz, float eyeDistance);
    }

    /** Something that goes with the head from the first frame to the last. */
    private static Scene worn(String name, String template, Path folder, Wear wear, Scalar colour) throws Exception {
        List<Mat> frames = read(template, folder);
        List<Mat> masks = new ArrayList<>();
        List<float[]> faces = track(frames);
        for (int i = 0; i < frames.size(); i++) {
            Mat mask = Mat.zeros(frames.get(i).size(), CvType.CV_8U);
            wear.draw(mask, faces.get(i), TrackedFace.eyeDistance(faces.get(i)));
            paint(frames.get(i), mask, colour);
            masks.add(mask);
        }
        return new Scene(name, frames, masks);
    }

    /** Landmarks of every frame; a face that is lost stays where it was. */
    private static List<float[]> track(List<Mat> frames) {
        List<float[]> faces = new ArrayList<>();
        try (FaceFinder finder = TestFaces.finder();
                FaceTracker tracker = new FaceTracker(finder, TestFaces.topology(), new FaceChoice.Prominent())) {
            for (Mat frame : frames) {
                List<TrackedFace> found = tracker.track(frame, 1 / 25f);
                faces.add(
                        found.isEmpty()
                                ? faces.get(faces.size() - 1)
                                : found.get(0).xyz());
            }
        }
        return faces;
    }

    /** Dark rims around both eyes, a bridge and two temples. */
    private static void glasses(Mat mask, float[] xyz, float eyeDistance) {
        Scalar white = new Scalar(255);
        int rim = Math.max(2, Math.round(.034f * eyeDistance));
        double roll = Math.atan2(xyz[263 * 3 + 1] - xyz[33 * 3 + 1], xyz[263 * 3] - xyz[33 * 3]);
        Point left = between(xyz, 33, 133);
        Point right = between(xyz, 362, 263);
        double drop = .05 * eyeDistance;
        for (Point eye : List.of(left, right)) {
            eye.y += drop;
            Size half = new Size(.27 * eyeDistance, .2 * eyeDistance);
            Imgproc.ellipse(mask, eye, half, Math.toDegrees(roll), 0, 360, white, rim, Imgproc.LINE_AA, 0);
        }
        double reach = .27 * eyeDistance;
        double up = .03 * eyeDistance;
        line(mask, new Point(left.x + reach, left.y - up), new Point(right.x - reach, right.y - up), rim);
        line(mask, new Point(left.x - reach, left.y - up), new Point(xyz[127 * 3], xyz[127 * 3 + 1]), rim);
        line(mask, new Point(right.x + reach, right.y - up), new Point(xyz[356 * 3], xyz[356 * 3 + 1]), rim);
    }

    /** A strand that falls from the hairline over the end of a brow and the cheek. */
    private static void strand(Mat mask, float[] xyz, float eyeDistance) {
        int[] way = {54, 68, 46, 226, 116, 187};
        for (int i = 1; i < way.length; i++) {
            Point a = new Point(xyz[way[i - 1] * 3], xyz[way[i - 1] * 3 + 1]);
            Point b = new Point(xyz[way[i] * 3], xyz[way[i] * 3 + 1]);
            line(mask, a, b, Math.max(3, Math.round(.085f * eyeDistance * (way.length - i + 2) / (way.length + 1))));
        }
    }

    private static Point between(float[] xyz, int a, int b) {
        return new Point((xyz[a * 3] + xyz[b * 3]) / 2, (xyz[a * 3 + 1] + xyz[b * 3 + 1]) / 2);
    }

    private static void line(Mat mask, Point a, Point b, int thickness) {
        Imgproc.line(mask, a, b, new Scalar(255), thickness, Imgproc.LINE_AA, 0);
    }

    /** A cup before chin and mouth in the first frame, put down after half of the clip. */
    private static void cup(Mat mask, int frame, int frames) {
        int y = Math.round(500 + 330 * Smoothstep.of(frame, frames * .5f, frames * .7f));
        Imgproc.rectangle(mask, new Point(310, y), new Point(430, y + 230), new Scalar(255), -1);
        Imgproc.ellipse(mask, new Point(370, y), new Size(60, 16), 0, 0, 360, new Scalar(255), -1, Imgproc.LINE_AA, 0);
    }

    /** The hand of the clip {@code hand}, at the cheek from the first frame on, taken away after half of the clip. */
    private static void stillHand(Mat mask, int frame, int frames) {
        double t = .2 * (1 - Smoothstep.of(frame, frames * .5f, frames * .7f));
        hand(mask, (int) Math.round(25 + t * (frames - 40)), frames);
    }

    /**
     * A head that turns by 55 degrees to either side: the face of a template's first frame as a mask in space. Round, so
     * that nothing is to be seen of what it hides; the head behind it stays.
     */
    private static Scene farTurn(String name, Path folder) throws Exception {
        List<Mat> frames = read("evening-man", folder);
        Mat picture = frames.get(0).clone();
        float[] face = track(frames.subList(0, 1)).get(0);
        FaceTopology topology = TestFaces.topology();
        for (int i = 0; i < frames.size(); i++) {
            double angle = Math.toRadians(55 * Math.sin(2 * Math.PI * i / frames.size()));
            TurnedMask.draw(picture, face, topology, angle, frames.get(i));
        }
        picture.release();
        return new Scene(name, frames, List.of());
    }

    private static void paint(Mat frame, Mat mask, Scalar colour) {
        int width = frame.cols();
        byte[] pixels = new byte[width * 3];
        byte[] cover = new byte[width];
        Mat soft = new Mat();
        Imgproc.GaussianBlur(mask, soft, new Size(0, 0), 1.2);
        for (int y = 0; y < frame.rows(); y++) {
            frame.get(y, 0, pixels);
            soft.get(y, 0, cover);
            for (int x = 0; x < width; x++) {
                float a = (cover[x] & 255) / 255f;
                double shade = .82 + .18 * Math.sin(x / 25.) + .04 * Math.sin(x * 1.7 + y * 2.3);
                for (int c = 0; c < 3; c++) {
                    double value = (pixels[x * 3 + c] & 255) * (1 - a) + a * Math.min(255, colour.val[c] * shade);
                    pixels[x * 3 + c] = (byte) Math.round(value);
                }
            }
            frame.put(y, 0, pixels);
        }
        soft.release();
    }

    /** A hand with four fingers that passes before the left half of the face and back. */
    private static void hand(Mat mask, int frame, int frames) {
        double t = (frame - 25) / (double) (frames - 40);
        if (t < 0 || t > 1) {
            return;
        }
        int x = (int) Math.round(-90 + 360 * Math.sin(Math.PI * t));
        Scalar white = new Scalar(255);
        Imgproc.ellipse(mask, new Point(x, 430), new Size(75, 95), 0, 0, 360, white, -1, Imgproc.LINE_AA, 0);
        for (int i = 0; i < 4; i++) {
            Imgproc.line(
                    mask,
                    new Point(x - 54 + 36 * i, 390),
                    new Point(x - 60 + 40 * i, 240),
                    white,
                    30,
                    Imgproc.LINE_AA,
                    0);
        }
        Imgproc.rectangle(mask, new Point(x - 50, 430), new Point(x + 50, 720), white, -1);
    }

    /** A microphone that comes up to the lips. */
    private static void microphone(Mat mask, int frame, int frames) {
        double t = Math.min(1, Math.max(0, (frame - 20) / 30.));
        int y = (int) Math.round(800 - 300 * (t * t * (3 - 2 * t)));
        Scalar white = new Scalar(255);
        Imgproc.circle(mask, new Point(372, y), 46, white, -1, Imgproc.LINE_AA, 0);
        Imgproc.line(mask, new Point(372, y), new Point(392, y + 320), white, 34, Imgproc.LINE_AA, 0);
    }

    @Override
    public void close() {
        frames.forEach(Mat::release);
        occluders.forEach(Mat::release);
    }
}
