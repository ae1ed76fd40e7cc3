package io.voice2face.inference;

import java.util.ArrayList;
import java.util.List;

import org.jboss.logging.Logger;

/**
 * The one owner of a service's sessions: opens them, says once where CUDA was asked for and is not used, closes them.
 *
 * <p>Thread-safe.
 */
public final class OnnxModels implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(OnnxModels.class);

    private final List<OnnxModel> opened = new ArrayList<>();
    private boolean warned;

    /**
     * Opens a pack, which this object closes.
     *
     * @throws ModelPackException see {@link OnnxModel#open}
     */
    public synchronized OnnxModel open(ModelPack pack, InferenceSettings settings) {
        OnnxModel model = OnnxModel.openSilently(pack, settings);
        opened.add(model);
        boolean refused = settings.provider() == ExecutionProvider.CUDA
                && model.provider().used() != ExecutionProvider.CUDA;
        if (refused && !warned) {
            warned = true;
            LOG.warn(model.complaint());
        } else {
            LOG.infof("%s runs on %s", pack, model.provider().used().label());
        }
        return model;
    }

    /** What is open, in the order it was opened. */
    public synchronized List<OnnxModel> all() {
        return List.copyOf(opened);
    }

    /** Closes every session; each waits for the runs that are under way. */
    @Override
    public synchronized void close() {
        opened.forEach(OnnxModel::close);
        opened.clear();
    }
}
