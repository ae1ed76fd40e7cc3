package io.voice2face.swap.embedded;

import java.util.List;

import org.opencv.core.Mat;

import io.voice2face.contracts.event.ModelUse;
import io.voice2face.swap.FaceSwapper;
import io.voice2face.swap.PortraitFace;
import io.voice2face.swap.face.FaceFinder;
import io.voice2face.swap.face.FaceTopology;

/** Carries the source's skin over the target's mesh with OpenCV alone: no learned swapper, no weights but the mesh's. */
public final class EmbeddedFaceSwapper implements FaceSwapper {
    private final PortraitFace portraits;
    private final FaceTopology topology;

    /**
     * @param finder looks for the face in portraits; used under a lock
     * @param topology the mesh
     */
    public EmbeddedFaceSwapper(FaceFinder finder, FaceTopology topology) {
        this.portraits = new PortraitFace(finder);
        this.topology = topology;
    }

    @Override
    public PreparedFace prepare(Mat bgr) throws NoFaceException {
        float[] xyz = portraits.locate(bgr);
        SourceFace source = new SourcePreparation(topology, xyz).prepare(bgr);
        return new PreparedFace() {
            @Override
            public SwapSession open() {
                return new EmbeddedSwapSession(source, new TurnBalance(portraits, topology));
            }

            @Override
            public void close() {
                source.close();
            }
        };
    }

    @Override
    public List<ModelUse> models() {
        return List.of(new ModelUse("face-swapper", "embedded-mesh-swapper", "1.0.0", "opencv"));
    }

    @Override
    public void close() {
        portraits.close();
    }
}
