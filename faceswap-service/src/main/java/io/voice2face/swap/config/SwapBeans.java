package io.voice2face.swap.config;

import java.io.IOException;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

import org.opencv.core.Core;

import io.quarkus.runtime.Startup;
import io.vertx.mutiny.core.Vertx;
import io.voice2face.inference.ExecutionProvider;
import io.voice2face.inference.InferenceSettings;
import io.voice2face.inference.ModelKind;
import io.voice2face.inference.ModelPacks;
import io.voice2face.inference.face.CanonicalFace;
import io.voice2face.inference.swapper.LearnedSwapper;
import io.voice2face.inference.swapper.SwapOptions;
import io.voice2face.media.VisualLimits;
import io.voice2face.messaging.WorkerPool;
import io.voice2face.storage.client.StorageClient;
import io.voice2face.storage.client.WorkFolder;
import io.voice2face.swap.FaceSwapper;
import io.voice2face.swap.embedded.EmbeddedFaceSwapper;
import io.voice2face.swap.face.FaceChoice;
import io.voice2face.swap.face.FaceFinder;
import io.voice2face.swap.face.FaceFinders;
import io.voice2face.swap.face.FaceTopology;
import io.voice2face.swap.learned.LearnedFaceSwapper;
import io.voice2face.swap.pipeline.StageThreads;
import io.voice2face.swap.pipeline.TargetSwapper;

/** Builds what a job needs, once. */
@ApplicationScoped
public class SwapBeans {
    private static final int MOST_STREAMS = 16;

    private final SwapServiceSettings settings;

    SwapBeans(SwapServiceSettings settings) {
        this.settings = settings;
    }

    @Produces
    @Singleton
    ModelPacks packs() {
        return ModelPacks.load(
                Thread.currentThread().getContextClassLoader(),
                List.of(ModelPacks.BLAZEFACE, ModelPacks.FACE_MESH),
                settings.inference().modelsFolder());
    }

    @Produces
    @Singleton
    FaceTopology topology(ModelPacks packs) {
        CanonicalFace face = CanonicalFace.read(packs.require(ModelKind.FACE_MESH));
        return new FaceTopology(face.triangles(), face.vertices());
    }

    @Produces
    @Singleton
    FaceFinders finders(ModelPacks packs) {
        return new FaceFinders(packs, inference());
    }

    void close(@Disposes FaceFinders finders) {
        finders.close();
    }

    @Produces
    @Singleton
    FaceSwapper swapper(ModelPacks packs, FaceFinders finders, FaceTopology topology) {
        FaceFinder finder = finders.create();
        // frames are spread over the cores by stages and jobs; OpenCV's own threads would only get in their way
        Core.setNumThreads(1);
        // an operator's pack wins over the embedded swapper
        return LearnedSwapper.find(packs, inference(), options())
                .<FaceSwapper>map(learned -> new LearnedFaceSwapper(learned, finder))
                .orElseGet(() -> new EmbeddedFaceSwapper(finder, topology));
    }

    private InferenceSettings inference() {
        return new InferenceSettings(
                ExecutionProvider.of(settings.inference().provider()),
                settings.inference().threads());
    }

    private SwapOptions options() {
        SwapServiceSettings.Learned learned = settings.swap().learned();
        return new SwapOptions(learned.weight(), learned.pixelBoost(), learned.maskBlur(), learned.enhancerBlend());
    }

    void close(@Disposes FaceSwapper swapper) {
        swapper.close();
    }

    @Produces
    @Singleton
    StageThreads stageThreads() {
        return new StageThreads(settings.workers().threads());
    }

    void close(@Disposes StageThreads stageThreads) {
        stageThreads.close();
    }

    @Produces
    @Singleton
    TargetSwapper targetSwapper(
            FaceSwapper swapper, FaceFinders finders, FaceTopology topology, StageThreads stageThreads) {
        SwapServiceSettings.Limits limits = settings.limits();
        return new TargetSwapper(
                swapper,
                finders::create,
                topology,
                FaceChoice.parse(settings.swap().faces()),
                new VisualLimits(
                        limits.targetSide(),
                        limits.targetSide(),
                        limits.targetPixels(),
                        limits.targetDuration(),
                        limits.targetFrames(),
                        MOST_STREAMS,
                        limits.targetBytes()),
                stageThreads,
                settings.swap().rememberedPictures());
    }

    @Produces
    @Singleton
    WorkerPool workers() {
        SwapServiceSettings.Workers workers = settings.workers();
        return new WorkerPool("swap", workers.threads(), workers.queue(), workers.closeTimeout());
    }

    void close(@Disposes WorkerPool workers) {
        workers.close();
    }

    @Startup
    @Produces
    @Singleton
    WorkFolder workFolder() throws IOException {
        return WorkFolder.open(settings.workFolder());
    }

    @Produces
    @Singleton
    StorageClient storage(Vertx vertx) {
        return StorageClient.create(
                vertx,
                settings.storage().url(),
                settings.serviceToken(),
                settings.storage().patience());
    }

    void close(@Disposes StorageClient storage) {
        storage.close();
    }
}
