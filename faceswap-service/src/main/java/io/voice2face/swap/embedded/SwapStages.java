package io.voice2face.swap.embedded;

import org.opencv.core.Mat;
import org.opencv.core.Rect;

import io.voice2face.swap.Rects;
import io.voice2face.swap.face.TrackedFace;

/** What the embedded swapper does to one face of a frame, stage by stage, with what each remembers of the person. */
final class SwapStages implements AutoCloseable {
    private final SourceFace source;
    private final EyeLids lids = new EyeLids();
    private final ShapeTransfer shape;
    private final TriangleRaster raster;
    private final TargetSampler sampler;
    private final LightTransfer light;
    private final Compositor compositor;
    private final SkinTexture skin = new SkinTexture();
    private final OcclusionModel occlusion;
    private final OccluderMask occluder;
    private final BeardRemoval beard;

    SwapStages(SourceFace source) {
        this.source = source;
        this.shape = new ShapeTransfer(source);
        this.raster = new TriangleRaster(source.topology, source.layout);
        this.sampler = new TargetSampler(source.layout);
        this.light = new LightTransfer(source);
        this.compositor = new Compositor(source, light);
        this.occlusion = new OcclusionModel(source);
        this.occluder = new OccluderMask(source.layout);
        this.beard = new BeardRemoval(source);
    }

    /**
     * Swaps in place.
     *
     * @param lean by how much the shape leans against a turn that is seen in the face
     * @return the part of the frame that may have changed
     */
    Rect swap(Mat frame, TrackedFace face, TurnBalance.Lean lean) {
        if (face.entered()) {
            light.reset();
            beard.reset();
        }
        if (face.fade() < .01f) {
            return new Rect();
        }
        float eyeDistance = face.eyeDistance();
        float[] xyz = face.xyz().clone();
        raster.place(xyz, eyeDistance);
        sampler.sample(frame, xyz, eyeDistance, raster);
        occlusion.look(sampler);
        occluder.cover(frame, xyz, eyeDistance, raster, occlusion);
        beard.look(frame, xyz, eyeDistance);
        Rect bent = shape.apply(frame, xyz, face.pose(), eyeDistance, face.fade(), lean, occlusion, occluder);
        lids.close(xyz);
        raster.draw(xyz, eyeDistance);
        light.measure(sampler, occlusion.occluded());
        skin.next();
        Rect blended = compositor.blend(frame, xyz, eyeDistance, raster, light, occluder, lids, skin, face.fade());
        Rect shaven = beard.apply(frame, xyz, eyeDistance, occlusion, skin, face.fade());
        return Rects.union(Rects.union(bent, blended), shaven);
    }

    /** Share of the cover that was taken for an occluder in the last frame, 0..1. */
    double occludedShare() {
        double occluded = 0;
        double whole = 0;
        for (int i = 0; i < source.cover.length; i++) {
            occluded += occlusion.occluded()[i] * source.cover[i];
            whole += source.cover[i];
        }
        return occluded / whole;
    }

    @Override
    public void close() {
        shape.close();
        raster.close();
        sampler.close();
        light.close();
        compositor.close();
        occlusion.close();
        occluder.close();
        skin.close();
        beard.close();
    }
}
