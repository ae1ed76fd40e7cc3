package io.voice2face.swap.face;

import java.util.Optional;

import io.voice2face.inference.InferenceSettings;
import io.voice2face.inference.ModelKind;
import io.voice2face.inference.ModelPack;
import io.voice2face.inference.ModelPacks;
import io.voice2face.inference.OnnxModel;

/**
 * Makes a {@link FaceFinder} for every worker. An operator's detector pack with a {@code decoder} in its manifest (SCRFD,
 * YuNet) is opened once and shared; the TensorFlow Lite networks are loaded by each worker, since OpenCV's are not
 * thread-safe. Thread-safe.
 */
public final class FaceFinders implements AutoCloseable {
    private final ModelPacks packs;
    private final Optional<OnnxModel> learnedDetector;

    public FaceFinders(ModelPacks packs, InferenceSettings settings) {
        this.packs = packs;
        ModelPack detector = packs.require(ModelKind.FACE_DETECTOR);
        this.learnedDetector =
                detector.manifest().has("decoder") ? Optional.of(OnnxModel.open(detector, settings)) : Optional.empty();
    }

    public FaceFinder create() {
        return learnedDetector
                .<FaceFinder>map(model -> new PackFaceFinder(packs, model))
                .orElseGet(() -> new PackFaceFinder(packs));
    }

    @Override
    public void close() {
        learnedDetector.ifPresent(OnnxModel::close);
    }
}
