package io.voice2face.inference.swapper;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Scalar;

import io.voice2face.inference.InferenceSettings;
import io.voice2face.inference.ModelKind;
import io.voice2face.inference.ModelPack;
import io.voice2face.inference.ModelPacks;
import io.voice2face.inference.OnnxModel;
import io.voice2face.inference.OnnxModels;
import io.voice2face.inference.tensor.PictureTensor;
import io.voice2face.inference.tensor.TensorBuffer;
import io.voice2face.inference.tensor.TensorPicture;
import io.voice2face.media.OpenCv;

/**
 * A face swapper with learned weights, after the manifest of its pack ({@link SwapperContract} says what it may hold),
 * with the masks and the enhancer whose packs lie beside it. Thread-safe; the work is done by {@link Worker}s, one per
 * thread.
 */
public final class LearnedSwapper implements AutoCloseable {
    static {
        OpenCv.load();
    }

    private final SwapperContract contract;
    private final SwapOptions options;
    private final OnnxModels models = new OnnxModels();
    private final OnnxModel swapper;
    private final Optional<OnnxModel> encoder;
    private final Optional<EmbeddingConverter> converter;
    private final Optional<EmbeddingMap> emap;
    private final Optional<OnnxModel> parser;
    private final Optional<OnnxModel> occluder;
    private final Optional<OnnxModel> enhancer;

    private LearnedSwapper(ModelPack pack, ModelPacks packs, InferenceSettings settings, SwapOptions options) {
        this.options = options;
        this.contract = SwapperContract.read(pack);
        // what lacks is said before anything large is loaded
        Optional<ModelPack> encoderPack = encoderPack(pack, packs);
        Optional<ModelPack> converterPack = converterPack(pack, packs);
        try {
            this.swapper = open(pack, settings);
            this.encoder = encoderPack.map(p -> open(p, settings));
            this.converter = converterPack.map(p -> new EmbeddingConverter(open(p, settings)));
            this.parser = packs.find(ModelKind.FACE_PARSER).map(p -> open(p, settings));
            this.occluder = packs.find(ModelKind.OCCLUDER).map(p -> open(p, settings));
            this.enhancer = packs.find(ModelKind.ENHANCER).map(p -> open(p, settings));
            this.emap = readEmap(pack);
            checkGraph();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Opens the learned swapper, if there is a pack for one.
     *
     * @throws io.voice2face.inference.ModelPackException if it lacks another pack, or if a pack does not fit
     */
    public static Optional<LearnedSwapper> find(ModelPacks packs, InferenceSettings settings, SwapOptions options) {
        return packs.find(ModelKind.FACE_SWAPPER).map(pack -> new LearnedSwapper(pack, packs, settings, options));
    }

    private OnnxModel open(ModelPack pack, InferenceSettings settings) {
        return models.open(pack, settings);
    }

    private Optional<ModelPack> encoderPack(ModelPack pack, ModelPacks packs) {
        if (contract.source() instanceof SourceContract.Embedding embedding) {
            return Optional.of(embedding
                    .encoder()
                    .map(id -> packs.require(ModelKind.IDENTITY_ENCODER, id, pack))
                    .orElseGet(() -> packs.require(ModelKind.IDENTITY_ENCODER, pack)));
        }
        return Optional.empty();
    }

    private Optional<ModelPack> converterPack(ModelPack pack, ModelPacks packs) {
        return contract.source() instanceof SourceContract.Embedding embedding
                ? embedding.converter().map(id -> packs.require(ModelKind.EMBEDDING_CONVERTER, id, pack))
                : Optional.empty();
    }

    private Optional<EmbeddingMap> readEmap(ModelPack pack) {
        return contract.source() instanceof SourceContract.Embedding embedding
                ? embedding
                        .emap()
                        .map(where ->
                                where.equals("graph") ? EmbeddingMap.ofGraph(pack) : EmbeddingMap.ofFile(pack, where))
                : Optional.empty();
    }

    private void checkGraph() {
        Shapes.requirePlanes(swapper, SwapperContract.TARGET, contract.size());
        String output = swapper.outputNames().get(0);
        Shapes.require(swapper, output, swapper.outputShape(output), 1, 3, contract.size(), contract.size());
        if (contract.source() instanceof SourceContract.Image image) {
            Shapes.requirePlanes(swapper, SwapperContract.SOURCE, image.size());
        } else if (swapper.inputShape(SwapperContract.SOURCE).length != 2) {
            throw swapper.pack().fault("says that its source is an embedding, but its graph takes a picture");
        }
    }

    /** The models that take part in a swap, with what they run on. */
    public List<OnnxModel> models() {
        return models.all();
    }

    /** Prepares the source face, once for all frames. */
    public SourceFace prepare(Mat bgr, FivePoints face) {
        if (contract.source() instanceof SourceContract.Image image) {
            return new SourceFace(imageOf(image, bgr, face));
        }
        return new SourceFace(latent(identity(bgr, face)));
    }

    private float[] imageOf(SourceContract.Image image, Mat bgr, FivePoints face) {
        Mat crop = new Mat();
        try (PictureTensor tensor = new PictureTensor(
                swapper.environment(),
                image.size(),
                image.size(),
                PictureTensor.Layout.PLANES,
                PictureTensor.Channels.RGB,
                image.normalisation())) {
            image.template().fit(face, image.size()).cut(bgr, crop);
            java.nio.FloatBuffer filled = tensor.fill(crop).getFloatBuffer();
            float[] values = new float[filled.remaining()];
            filled.get(values);
            return values;
        } finally {
            crop.release();
        }
    }

    private FaceIdentity identity(Mat bgr, FivePoints face) {
        try (IdentityEncoder worker = new IdentityEncoder(encoder.orElseThrow())) {
            return worker.encode(bgr, face);
        }
    }

    /** The identity in the space that the swapper was trained on. */
    float[] latent(FaceIdentity identity) {
        SourceContract.Embedding embedding = (SourceContract.Embedding) contract.source();
        float[] values = embedding.unit() ? identity.normalised() : identity.raw();
        if (converter.isPresent()) {
            values = converter.get().convert(values);
        }
        if (emap.isPresent()) {
            values = emap.get().apply(values);
        }
        return embedding.normalise() ? Vectors.normalised(values) : values;
    }

    /** Buffers for one thread. */
    public Worker worker() {
        return new Worker();
    }

    @Override
    public void close() {
        models.close();
    }

    /** Swaps faces of one person in one clip; keeps that person's own identity, where the options ask for it. */
    public final class Worker implements AutoCloseable {
        private final PixelBoost boost = new PixelBoost(contract.size(), options.pixelBoost());
        private final PictureTensor target = new PictureTensor(
                swapper.environment(),
                contract.size(),
                contract.size(),
                PictureTensor.Layout.PLANES,
                PictureTensor.Channels.RGB,
                contract.target());
        private final TensorPicture output = new TensorPicture(
                swapper.environment(), contract.size(), contract.size(), contract.scale(), contract.offset());
        private final List<CropMask> masks = new ArrayList<>();
        private final Optional<FaceEnhancer> enhancement =
                enhancer.map(m -> new FaceEnhancer(m, options.enhancerBlend(), options.maskBlur()));
        private final Mat box = CropMasks.box(boost.cropSide(), options.maskBlur());
        private final Mat crop = new Mat();
        private final Mat swapped;
        private final String outputName = swapper.outputNames().get(0);
        private final Mat part = new Mat();
        private final Mat mask = new Mat();
        private Optional<TensorBuffer> source = Optional.empty();
        private Optional<float[]> targetLatent = Optional.empty();

        private Worker() {
            this.swapped = new Mat(boost.cropSide(), boost.cropSide(), CvType.CV_8UC3);
            parser.ifPresent(m -> masks.add(new FaceParserMask(m)));
            occluder.ifPresent(m -> masks.add(new OccluderMask(m)));
        }

        /**
         * Puts the source's face in.
         *
         * @param bgr the frame, changed in place
         * @param face where the target's face is
         * @param opacity 0–1: how much of the swap is to be seen
         */
        public void swap(Mat bgr, FivePoints face, SourceFace from, double opacity) {
            AlignmentCrop alignment = contract.template().fit(face, boost.cropSide());
            fillSource(from, bgr, face);
            alignment.cut(bgr, crop);
            if (boost.parts() == 1) {
                run(crop, swapped);
            } else {
                for (int i = 0; i < boost.parts(); i++) {
                    boost.take(crop, i, part);
                    run(part, part);
                    boost.put(part, i, swapped);
                }
            }
            box.copyTo(mask);
            masks.forEach(m -> m.restrict(crop, mask));
            if (opacity < 1) {
                Core.multiply(mask, Scalar.all(opacity), mask);
            }
            alignment.paste(bgr, swapped, mask);
            enhancement.ifPresent(e -> e.enhance(bgr, face, opacity));
        }

        private void run(Mat from, Mat into) {
            swapper.run(
                    Map.of(
                            SwapperContract.TARGET,
                            target.fill(from),
                            SwapperContract.SOURCE,
                            source.orElseThrow().tensor()),
                    Map.of(outputName, output.tensor()));
            output.read(into);
        }

        private void fillSource(SourceFace from, Mat bgr, FivePoints face) {
            if (source.isEmpty()) {
                source = Optional.of(
                        contract.source() instanceof SourceContract.Image image
                                ? new TensorBuffer(swapper.environment(), 1, 3, image.size(), image.size())
                                : new TensorBuffer(swapper.environment(), 1, from.values().length));
            }
            source.get().floats().put(weighted(from, bgr, face));
        }

        /** The target's identity is looked at once: it stays the same person. */
        private float[] weighted(SourceFace from, Mat bgr, FivePoints face) {
            double share = options.targetShare();
            if (share == 0 || contract.source() instanceof SourceContract.Image) {
                return from.values();
            }
            if (targetLatent.isEmpty()) {
                targetLatent = Optional.of(latent(identity(bgr, face)));
            }
            return Vectors.mix(from.values(), targetLatent.get(), share);
        }

        @Override
        public void close() {
            source.ifPresent(TensorBuffer::close);
            masks.forEach(CropMask::close);
            enhancement.ifPresent(FaceEnhancer::close);
            target.close();
            output.close();
            box.release();
            crop.release();
            swapped.release();
            part.release();
            mask.release();
        }
    }
}
