package io.voice2face.face.models;

import java.util.List;
import java.util.Optional;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.quarkus.runtime.Startup;
import io.voice2face.face.config.FaceServiceSettings;
import io.voice2face.inference.ExecutionProvider;
import io.voice2face.inference.InferenceSettings;
import io.voice2face.inference.ModelKind;
import io.voice2face.inference.ModelPack;
import io.voice2face.inference.ModelPacks;
import io.voice2face.inference.OnnxModel;
import io.voice2face.inference.OnnxModels;
import io.voice2face.messaging.MeshMetrics;

/**
 * The models of this service. Packs that do not fit stop the service when it starts, with a sentence that says what is
 * wrong and where.
 */
@Startup
@ApplicationScoped
public class FaceModels {
    private static final List<String> EMBEDDED =
            List.of(ModelPacks.SILERO_VAD, "voice-analyser", "face-generator", "timbre-to-identity");

    private final OnnxModels opened = new OnnxModels();
    private final OnnxModel voiceActivity;
    private final Graph voiceAnalyser;
    private final Graph timbreToIdentity;
    private final Graph faceGenerator;
    private final Optional<Graph> voiceToFace;
    private final Optional<Graph> enhancer;

    @Inject
    FaceModels(FaceServiceSettings settings, MeshMetrics metrics) {
        this(settings.inference());
        all().forEach(model -> metrics.inferenceProvider(
                model.pack().id(), model.provider().used().label()));
    }

    /** Opens the models without the rest of the service. */
    public FaceModels(FaceServiceSettings.Inference settings) {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        ModelPacks packs = ModelPacks.load(loader, EMBEDDED, settings.modelsFolder());
        ExecutionProvider provider = ExecutionProvider.of(settings.provider());
        InferenceSettings wide = new InferenceSettings(provider, settings.threads());
        // Tiny graphs: one CPU thread is faster than any hand-over.
        InferenceSettings narrow = InferenceSettings.cpu();
        voiceActivity = open(packs.require(ModelKind.VOICE_ACTIVITY_DETECTOR), narrow);
        voiceAnalyser = new Graph(open(packs.require(ModelKind.VOICE_ANALYSER), narrow));
        timbreToIdentity = new Graph(open(converter(packs, loader), narrow));
        faceGenerator = new Graph(open(packs.require(ModelKind.FACE_GENERATOR), wide));
        voiceToFace = packs.find(ModelKind.VOICE_TO_FACE).map(pack -> new Graph(open(pack, wide)));
        // Enhancers of swapped clips may lie in the same folder: only a voice-to-face model's small pictures need one
        // here.
        enhancer =
                voiceToFace.flatMap(model -> packs.find(ModelKind.ENHANCER).map(pack -> new Graph(open(pack, wide))));
    }

    /** The converter that takes a timbre: an operator's converters between face embeddings are not meant. */
    private static ModelPack converter(ModelPacks packs, ClassLoader loader) {
        return packs.all(ModelKind.EMBEDDING_CONVERTER).stream()
                .filter(pack ->
                        pack.inputs().stream().anyMatch(input -> input.name().equals("timbre")))
                .findFirst()
                .orElseGet(() ->
                        ModelPacks.load(loader, EMBEDDED, Optional.empty()).require(ModelKind.EMBEDDING_CONVERTER));
    }

    private OnnxModel open(ModelPack pack, InferenceSettings settings) {
        return opened.open(pack, settings);
    }

    public OnnxModel voiceActivity() {
        return voiceActivity;
    }

    public Graph voiceAnalyser() {
        return voiceAnalyser;
    }

    public Graph timbreToIdentity() {
        return timbreToIdentity;
    }

    public Graph faceGenerator() {
        return faceGenerator;
    }

    /** An operator's research model, where there is one. */
    public Optional<Graph> voiceToFace() {
        return voiceToFace;
    }

    /** What makes its small pictures larger, where there is such a model. */
    public Optional<Graph> enhancer() {
        return enhancer;
    }

    /** Everything that is open. */
    public List<OnnxModel> all() {
        return opened.all();
    }

    @PreDestroy
    void close() {
        opened.close();
    }
}
