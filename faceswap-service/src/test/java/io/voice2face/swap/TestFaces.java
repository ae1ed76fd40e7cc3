package io.voice2face.swap;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.opencv.core.Mat;

import io.voice2face.inference.ModelKind;
import io.voice2face.inference.ModelPacks;
import io.voice2face.inference.face.CanonicalFace;
import io.voice2face.media.StillImage;
import io.voice2face.media.VisualLimits;
import io.voice2face.swap.face.FaceChoice;
import io.voice2face.swap.face.FaceFinder;
import io.voice2face.swap.face.FaceTopology;
import io.voice2face.swap.face.FaceTracker;
import io.voice2face.swap.face.PackFaceFinder;
import io.voice2face.swap.pipeline.StageThreads;
import io.voice2face.swap.pipeline.TargetSwapper;

/** The built-in templates and the embedded networks, for tests. */
public final class TestFaces {
    public static final String WOMAN = "studio-woman";
    public static final String MAN = "office-man";

    private static final ModelPacks PACKS = ModelPacks.load(
            TestFaces.class.getClassLoader(), List.of(ModelPacks.BLAZEFACE, ModelPacks.FACE_MESH), Optional.empty());

    private TestFaces() {}

    public static FaceFinder finder() {
        return new PackFaceFinder(PACKS);
    }

    public static FaceTopology topology() {
        CanonicalFace face = CanonicalFace.read(PACKS.require(ModelKind.FACE_MESH));
        return new FaceTopology(face.triangles(), face.vertices());
    }

    /**
     * Swaps the most prominent face of any target within the usual limits.
     *
     * @param rememberedPictures 0: every clip as if it were seen for the first time
     */
    public static TargetSwapper targets(FaceSwapper swapper, StageThreads threads, long rememberedPictures) {
        return new TargetSwapper(
                swapper,
                TestFaces::finder,
                topology(),
                new FaceChoice.Prominent(),
                VisualLimits.defaults(),
                threads,
                rememberedPictures);
    }

    /** Copies the clip of a template into a folder. */
    public static Path clip(String template, Path folder) throws IOException {
        return copy(template, "clip.mp4", folder);
    }

    /** Copies the poster of a template into a folder. */
    public static Path poster(String template, Path folder) throws IOException {
        return copy(template, "poster.jpg", folder);
    }

    public static Mat posterPixels(String template, Path folder) throws IOException {
        return StillImage.read(poster(template, folder), VisualLimits.defaults());
    }

    /** Landmarks of the most prominent face, in the picture's pixels; x, y and z interleaved. */
    public static float[] locate(Mat picture) {
        try (FaceFinder finder = finder();
                FaceTracker tracker = new FaceTracker(finder, topology(), new FaceChoice.Prominent())) {
            return tracker.track(picture, 1 / 25f).get(0).xyz();
        }
    }

    private static Path copy(String template, String name, Path folder) throws IOException {
        Path file = folder.resolve(template + "-" + name);
        String resource = "templates/" + template + "/" + name;
        try (InputStream in = TestFaces.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("no resource " + resource);
            }
            Files.write(file, in.readAllBytes());
        }
        return file;
    }
}
