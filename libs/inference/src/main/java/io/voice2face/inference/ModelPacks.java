package io.voice2face.inference;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The model packs of a process: those on its class path and those of the operator's folder. An operator's pack stands in
 * for the embedded ones of its kind.
 */
public final class ModelPacks {
    /** Weights that come with this library. */
    public static final String BLAZEFACE = "blazeface-short-range";

    public static final String FACE_MESH = "mediapipe-face-mesh";
    public static final String SILERO_VAD = "silero-vad-v5";

    private final List<ModelPack> embedded;
    private final List<ModelPack> operators;

    private ModelPacks(List<ModelPack> embedded, List<ModelPack> operators) {
        this.embedded = embedded;
        this.operators = operators;
    }

    /**
     * Finds the packs and checks manifests and hashes.
     *
     * @param loader sees the resources {@code models/<id>/model.yaml}
     * @param embeddedIds the packs on the class path that the process wants
     * @param operatorFolder holds one folder per pack, with {@code model.yaml} in it
     * @throws ModelPackException says what does not fit and where
     */
    public static ModelPacks load(ClassLoader loader, List<String> embeddedIds, Optional<Path> operatorFolder) {
        List<ModelPack> embedded = embeddedIds.stream()
                .map(id -> ModelPack.open(new PackFolder.OnClassPath(loader, "models/" + id)))
                .toList();
        return new ModelPacks(
                embedded, operatorFolder.map(ModelPacks::openFolder).orElse(List.of()));
    }

    private static List<ModelPack> openFolder(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new ModelPackException("The folder of model packs %s does not exist.".formatted(folder));
        }
        List<ModelPack> packs = new ArrayList<>();
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry : entries.sorted().toList()) {
                if (Files.exists(entry.resolve(ModelPack.MANIFEST))) {
                    packs.add(ModelPack.open(new PackFolder.OnDisk(entry)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(packs);
    }

    /**
     * The pack of a kind: the operator's, else the embedded one, else none.
     *
     * @throws ModelPackException if there are several to choose from
     */
    public Optional<ModelPack> find(ModelKind kind) {
        List<ModelPack> found = all(kind);
        if (found.size() > 1) {
            throw new ModelPackException("There are several model packs of kind %s (%s): only one can be used."
                    .formatted(
                            kind.label(),
                            String.join(
                                    ", ",
                                    found.stream().map(ModelPack::describe).toList())));
        }
        return found.stream().findFirst();
    }

    /** The pack of a kind, which must be there. */
    public ModelPack require(ModelKind kind) {
        return find(kind)
                .orElseThrow(() -> new ModelPackException(
                        "No model pack of kind %s was found on the class path or in the operator's folder."
                                .formatted(kind.label())));
    }

    /** The pack of a kind, which must be there because {@code needer} cannot work without. */
    public ModelPack require(ModelKind kind, ModelPack needer) {
        return find(kind)
                .orElseThrow(() -> new ModelPackException(
                        "Model pack %s needs a pack of kind %s, which is missing: put one beside it."
                                .formatted(needer.describe(), kind.label())));
    }

    /** The pack of a kind with an id, which must be there because {@code needer} asks for it. */
    public ModelPack require(ModelKind kind, String id, ModelPack needer) {
        return all(kind).stream()
                .filter(p -> p.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new ModelPackException(
                        "Model pack %s needs the pack \"%s\" of kind %s, which is missing: put it beside it."
                                .formatted(needer.describe(), id, kind.label())));
    }

    /** All packs of a kind that count: the operator's if there are any, else the embedded ones. */
    public List<ModelPack> all(ModelKind kind) {
        List<ModelPack> own = operators.stream().filter(p -> p.kind() == kind).toList();
        return own.isEmpty() ? embedded.stream().filter(p -> p.kind() == kind).toList() : own;
    }

    /** Every pack that counts. */
    public List<ModelPack> all() {
        return Stream.of(ModelKind.values()).flatMap(k -> all(k).stream()).toList();
    }
}
