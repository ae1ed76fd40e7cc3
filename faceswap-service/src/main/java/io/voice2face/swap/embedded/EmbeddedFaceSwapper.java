package io.voice2face.swap.embedded;

import java.util.List;

import org.opencv.core.Mat;

import io.voice2face.contracts.event.ModelUse;
import io.voice2face.swap.FaceSwapper;
import io.voice2face.swap.face.FaceFinder;
import io.voice2face.swap.face.FaceRegion;
import io.voice2face.swap.face.FaceTopology;

/** Carries the source's skin over the target's mesh with OpenCV alone: no learned swapper, no weights but the mesh's. */
public final class EmbeddedFaceSwapper implements FaceSwapper {
    private static final float SURE_ENOUGH = .5f;

    private final FaceFinder finder;
    private final FaceTopology topology;

    /**
     * @param finder looks for the face in portraits; used under a lock
     * @param topology the mesh
     */
    public EmbeddedFaceSwapper(FaceFinder finder, FaceTopology topology) {
        this.finder = finder;
        this.topology = topology;
    }

    @Override
    public PreparedFace prepare(Mat bgr) throws NoFaceException {
        float[] xyz = new float[FaceTopology.POINTS * 3];
        synchronized (finder) {
            List<FaceRegion> found = finder.detect(bgr);
            if (found.isEmpty()) {
                throw new NoFaceException("no face was found in the portrait");
            }
            float score = finder.locate(bgr, found.get(0), xyz);
            for (int pass = 0; pass < 2; pass++) {
                score = finder.locate(bgr, FaceRegion.around(xyz), xyz);
            }
            if (score < SURE_ENOUGH) {
                throw new NoFaceException("no face was found in the portrait");
            }
        }
        return new SourcePreparation(topology, xyz).prepare(bgr);
    }

    @Override
    public List<ModelUse> models() {
        return List.of(new ModelUse("face-swapper", "embedded-mesh-swapper", "1.0.0", "opencv"));
    }

    @Override
    public void close() {
        finder.close();
    }
}
