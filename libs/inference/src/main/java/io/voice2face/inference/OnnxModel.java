package io.voice2face.inference;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

import org.jboss.logging.Logger;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;

/**
 * A graph of a model pack, loaded, checked against its manifest and run once.
 *
 * <p>Thread-safe: workers share it, each with input tensors of its own. On CUDA, run it from a fixed set of threads:
 * GPU memory grows with every new one (microsoft/onnxruntime #29351).
 */
public final class OnnxModel implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(OnnxModel.class);

    private final ModelPack pack;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final ProviderUse provider;
    private final ReadWriteLock inUse = new ReentrantReadWriteLock();
    private boolean closed;

    private OnnxModel(ModelPack pack, OrtEnvironment environment, OrtSession session, ProviderUse provider) {
        this.pack = pack;
        this.environment = environment;
        this.session = session;
        this.provider = provider;
    }

    /**
     * Makes a session, compares its inputs and outputs with the manifest and runs it once. CUDA counts as working
     * only after that run, since cuDNN is loaded no earlier.
     *
     * <p>Says in the log where CUDA was asked for and is not used; {@link OnnxModels} says it once for many.
     *
     * @throws ModelPackException if the graph cannot be loaded, differs from the manifest or does not run
     */
    public static OnnxModel open(ModelPack pack, InferenceSettings settings) {
        OnnxModel model = openSilently(pack, settings);
        if (settings.provider() == ExecutionProvider.CUDA && model.provider.used() != ExecutionProvider.CUDA) {
            LOG.warn(model.complaint());
        }
        return model;
    }

    /** {@link #open} without a word in the log. */
    static OnnxModel openSilently(ModelPack pack, InferenceSettings settings) {
        OrtEnvironment environment = OnnxRuntimeLibraries.environment();
        Optional<String> reason = Optional.empty();
        if (settings.provider() != ExecutionProvider.CPU) {
            try {
                return openOn(ExecutionProvider.CUDA, environment, pack, settings, Optional.empty());
            } catch (CudaFailure e) {
                reason = Optional.of(e.getMessage());
            }
        }
        try {
            return openOn(ExecutionProvider.CPU, environment, pack, settings, reason);
        } catch (CudaFailure e) {
            throw new IllegalStateException(e);
        }
    }

    /** One sentence for the log about CUDA that was asked for and is not used. */
    String complaint() {
        return "%s runs on the CPU although CUDA was asked for: %s"
                .formatted(pack, provider.reason().orElse("unknown"));
    }

    private static OnnxModel openOn(
            ExecutionProvider provider,
            OrtEnvironment environment,
            ModelPack pack,
            InferenceSettings settings,
            Optional<String> reason)
            throws CudaFailure {
        boolean cuda = provider == ExecutionProvider.CUDA;
        if (cuda && !OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
            throw new CudaFailure("this build of ONNX Runtime has no CUDA", null);
        }
        OrtSession session = null;
        try (OrtSession.SessionOptions options = options(settings, cuda)) {
            session = create(environment, pack, options);
            OnnxModel model =
                    new OnnxModel(pack, environment, session, new ProviderUse(settings.provider(), provider, reason));
            model.checkManifest();
            model.warmUp();
            return model;
        } catch (OrtException | UnsatisfiedLinkError | ModelPackException e) {
            close(session);
            if (cuda) {
                throw new CudaFailure(oneLine(e), e);
            }
            if (e instanceof ModelPackException fault) {
                throw fault;
            }
            throw new ModelPackException(
                    "Model pack %s cannot be loaded or run: %s.".formatted(pack.describe(), oneLine(e)), e);
        }
    }

    private static OrtSession.SessionOptions options(InferenceSettings settings, boolean cuda) throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        try {
            options.setIntraOpNumThreads(settings.threads());
            options.setInterOpNumThreads(1);
            // failures come as exceptions; the runtime would say them once per node on stderr
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            // several sessions share few cores: a thread that waits must not burn one
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            if (cuda) {
                options.setMemoryPatternOptimization(false);
                options.addCUDA(0);
            }
            return options;
        } catch (OrtException | UnsatisfiedLinkError e) {
            options.close();
            throw e;
        }
    }

    private static OrtSession create(OrtEnvironment environment, ModelPack pack, OrtSession.SessionOptions options)
            throws OrtException {
        Optional<Path> path = pack.path();
        return path.isPresent()
                ? environment.createSession(path.get().toString(), options)
                : environment.createSession(pack.weights(), options);
    }

    private void checkManifest() throws OrtException {
        check("input", pack.inputs(), session.getInputInfo());
        check("output", pack.outputs(), session.getOutputInfo());
    }

    private void check(String role, List<TensorSpec> promised, Map<String, NodeInfo> real) {
        for (TensorSpec spec : promised) {
            NodeInfo node = real.get(spec.name());
            if (node == null) {
                throw pack.fault("promises the %s \"%s\", but its graph has only %s"
                        .formatted(role, spec.name(), real.keySet()));
            }
            if (!(node.getInfo() instanceof TensorInfo tensor)) {
                throw pack.fault("has the %s \"%s\", which is no tensor".formatted(role, spec.name()));
            }
            if (!typeName(tensor.type).equals(spec.type())) {
                throw pack.fault("promises the %s \"%s\" of type %s, but its graph has %s"
                        .formatted(role, spec.name(), spec.type(), typeName(tensor.type)));
            }
            if (!fits(spec.shape(), tensor.getShape())) {
                throw pack.fault("promises the %s \"%s\" of shape %s, but its graph has %s"
                        .formatted(role, spec.name(), spec.shape(), java.util.Arrays.toString(tensor.getShape())));
            }
        }
        if (role.equals("input") && !promised.isEmpty() && promised.size() != real.size()) {
            throw pack.fault("names %d inputs, but its graph has %s".formatted(promised.size(), real.keySet()));
        }
    }

    private static boolean fits(List<Long> promised, long[] real) {
        if (promised.size() != real.length) {
            return false;
        }
        for (int i = 0; i < real.length; i++) {
            // a graph that leaves a length open takes the promised one
            if (promised.get(i) >= 0 && real[i] >= 0 && promised.get(i) != real[i]) {
                return false;
            }
        }
        return true;
    }

    static String typeName(OnnxJavaType type) {
        return switch (type) {
            case FLOAT -> "float32";
            case DOUBLE -> "float64";
            case FLOAT16 -> "float16";
            case BFLOAT16 -> "bfloat16";
            default -> type.name().toLowerCase(Locale.ROOT);
        };
    }

    private void warmUp() throws OrtException {
        Map<String, OnnxTensor> examples = new HashMap<>();
        try {
            for (Map.Entry<String, NodeInfo> input : session.getInputInfo().entrySet()) {
                TensorInfo info = (TensorInfo) input.getValue().getInfo();
                double fill = spec(input.getKey()).map(TensorSpec::fill).orElse(0.0);
                examples.put(input.getKey(), example(info.type, exampleShape(input.getKey(), info), fill));
            }
            session.run(examples).close();
        } finally {
            examples.values().forEach(OnnxTensor::close);
        }
    }

    private long[] exampleShape(String name, TensorInfo info) {
        Optional<TensorSpec> spec = spec(name);
        long[] shape = info.getShape().clone();
        for (int i = 0; i < shape.length; i++) {
            if (shape[i] < 0) {
                int at = i;
                shape[i] = Math.max(
                        1, spec.map(s -> s.example().orElse(s.shape()).get(at)).orElse(1L));
            }
        }
        return shape;
    }

    private Optional<TensorSpec> spec(String name) {
        return pack.inputs().stream().filter(s -> s.name().equals(name)).findFirst();
    }

    private OnnxTensor example(OnnxJavaType type, long[] shape, double fill) throws OrtException {
        long elements = 1;
        for (long length : shape) {
            elements *= length;
        }
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(Math.toIntExact(elements * type.size)).order(ByteOrder.nativeOrder());
        for (int at = 0; at < bytes.capacity() && fill != 0; at += type.size) {
            switch (type) {
                case FLOAT -> bytes.putFloat(at, (float) fill);
                case DOUBLE -> bytes.putDouble(at, fill);
                case INT64 -> bytes.putLong(at, (long) fill);
                case INT32 -> bytes.putInt(at, (int) fill);
                default -> throw pack.fault("asks to fill a tensor of type " + typeName(type));
            }
        }
        return OnnxTensor.createTensor(environment, bytes, shape, type);
    }

    /**
     * Runs the graph.
     *
     * @param inputs by name; stay the caller's
     * @return all outputs; the caller closes it
     */
    public OrtSession.Result run(Map<String, ? extends OnnxTensorLike> inputs) {
        begin();
        try {
            return session.run(inputs);
        } catch (OrtException e) {
            throw new IllegalStateException("Running %s failed: %s".formatted(pack, oneLine(e)), e);
        } finally {
            inUse.readLock().unlock();
        }
    }

    /** Natives crash where a session is freed under a run, so closing waits for runs, and none begins after it. */
    private void begin() {
        inUse.readLock().lock();
        if (closed) {
            inUse.readLock().unlock();
            throw new IllegalStateException(pack + " is closed");
        }
    }

    /**
     * Runs the graph into tensors that the caller made, so that nothing is allocated or copied per run.
     *
     * @param inputs by name; stay the caller's
     * @param outputs by name; stay the caller's
     */
    public void run(Map<String, ? extends OnnxTensorLike> inputs, Map<String, OnnxTensor> outputs) {
        begin();
        try {
            session.run(inputs, outputs).close();
        } catch (OrtException e) {
            throw new IllegalStateException("Running %s failed: %s".formatted(pack, oneLine(e)), e);
        } finally {
            inUse.readLock().unlock();
        }
    }

    /** Lengths of an input; −1 where the graph leaves one open. */
    public long[] inputShape(String name) {
        return shape(inputInfo(), name);
    }

    /** Lengths of an output; −1 where the graph leaves one open. */
    public long[] outputShape(String name) {
        return shape(outputInfo(), name);
    }

    /** Inputs in the graph's order. */
    public List<String> inputNames() {
        return List.copyOf(inputInfo().keySet());
    }

    /** Outputs in the graph's order. */
    public List<String> outputNames() {
        return List.copyOf(outputInfo().keySet());
    }

    private long[] shape(Map<String, NodeInfo> nodes, String name) {
        NodeInfo node = nodes.get(name);
        if (node == null) {
            throw pack.fault("has no tensor \"%s\", only %s".formatted(name, nodes.keySet()));
        }
        return ((TensorInfo) node.getInfo()).getShape();
    }

    private Map<String, NodeInfo> inputInfo() {
        try {
            return session.getInputInfo();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, NodeInfo> outputInfo() {
        try {
            return session.getOutputInfo();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    public ModelPack pack() {
        return pack;
    }

    /** What the graph really runs on. */
    public ProviderUse provider() {
        return provider;
    }

    /** For making input tensors. */
    public OrtEnvironment environment() {
        return environment;
    }

    /** Waits for the runs that are under way; afterwards the model refuses to run. May be called again. */
    @Override
    public void close() {
        inUse.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                close(session);
            }
        } finally {
            inUse.writeLock().unlock();
        }
    }

    private static void close(OrtSession session) {
        if (session == null) {
            return;
        }
        try {
            session.close();
        } catch (OrtException e) {
            LOG.warnf("Closing a session failed: %s", e.getMessage());
        }
    }

    private static String oneLine(Throwable e) {
        String text = String.valueOf(e.getMessage()).strip();
        int end = text.indexOf('\n');
        String line = end < 0 ? text : text.substring(0, end);
        return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
    }

    private static final class CudaFailure extends Exception {
        private static final long serialVersionUID = 1L;

        CudaFailure(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
