package io.voice2face.inference;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

/**
 * A model's weights with the manifest that says what they are. Made by {@link ModelPacks}, which checks the manifest and
 * the file's hash; {@link OnnxModel} checks the tensors.
 */
public final class ModelPack {
    static final String MANIFEST = "model.yaml";

    private static final List<String> TENSOR_KEYS = List.of("name", "type", "shape", "example", "fill");

    private final PackFolder folder;
    private final JsonNode manifest;
    private final String id;
    private final String version;
    private final ModelKind kind;
    private final String licence;
    private final String file;
    private final String sha256;
    private final List<TensorSpec> inputs;
    private final List<TensorSpec> outputs;

    private ModelPack(PackFolder folder, JsonNode manifest) {
        this.folder = folder;
        this.manifest = manifest;
        this.id = text("id");
        this.version = text("version");
        this.kind = ModelKind.of(text("kind"))
                .orElseThrow(() -> fault("has the unknown kind \"%s\"; known are %s"
                        .formatted(manifest.path("kind").asText(), ModelKind.labels())));
        manifest.fieldNames().forEachRemaining(key -> {
            if (!kind.knows(key)) {
                throw fault(
                        "has the unknown key \"%s\"; known for %s are %s".formatted(key, kind.label(), kind.keys()));
            }
        });
        this.licence = text("licence");
        this.file = text("file");
        this.sha256 = text("sha256");
        if (file.contains("..") || Path.of(file).isAbsolute()) {
            throw fault("names a file outside its folder: " + file);
        }
        this.inputs = tensors("inputs");
        this.outputs = tensors("outputs");
    }

    /** Reads the manifest and checks the weights' hash. */
    static ModelPack open(PackFolder folder) {
        ModelPack pack = new ModelPack(folder, readManifest(folder));
        pack.verify(pack.file, pack.sha256);
        return pack;
    }

    private static JsonNode readManifest(PackFolder folder) {
        String where = folder.describe(MANIFEST);
        try (InputStream in = folder.open(MANIFEST)) {
            JsonNode node = new YAMLMapper().readTree(in);
            if (!node.isObject()) {
                throw new ModelPackException("The manifest %s is not a YAML mapping.".formatted(where));
            }
            return node;
        } catch (JsonProcessingException e) {
            throw new ModelPackException(
                    "The manifest %s is not YAML: %s.".formatted(where, e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new ModelPackException("The manifest %s is missing or cannot be read.".formatted(where), e);
        }
    }

    public String id() {
        return id;
    }

    public String version() {
        return version;
    }

    public ModelKind kind() {
        return kind;
    }

    public String licence() {
        return licence;
    }

    /** What the manifest promises of the graph; empty if it promises nothing. */
    public List<TensorSpec> inputs() {
        return inputs;
    }

    /** What the manifest promises of the graph; empty if it promises nothing. */
    public List<TensorSpec> outputs() {
        return outputs;
    }

    /** The whole manifest, for what only one kind of model has. */
    public JsonNode manifest() {
        return manifest;
    }

    /** The weights' path, if the pack lies on disk. */
    public Optional<Path> path() {
        return folder.path(file);
    }

    /** The weights in memory. */
    public byte[] weights() {
        return read(file);
    }

    /** Another file of the pack; its hash is checked by the pack's own code, if at all. */
    public byte[] read(String other) {
        try (InputStream in = folder.open(other)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new ModelPackException(
                    "Model pack %s: %s is missing or cannot be read.".formatted(id, folder.describe(other)), e);
        }
    }

    /** A whole number of the manifest. */
    public int requireInt(String field) {
        JsonNode node = manifest.path(field);
        if (!node.isInt()) {
            throw fault("lacks the whole number \"" + field + "\"");
        }
        return node.intValue();
    }

    /** A fault of this pack, with the manifest's place in the message. */
    public ModelPackException fault(String what) {
        return new ModelPackException("Model pack %s (%s) %s."
                .formatted(manifest.path("id").asText("without id"), folder.describe(MANIFEST), what));
    }

    String describe() {
        return "%s (%s)".formatted(id, folder.describe(file));
    }

    private String text(String field) {
        JsonNode node = manifest.path(field);
        if (!node.isValueNode() || node.asText().isBlank()) {
            throw fault("lacks \"" + field + "\"");
        }
        return node.asText();
    }

    private List<TensorSpec> tensors(String field) {
        List<TensorSpec> specs = new ArrayList<>();
        for (JsonNode node : manifest.path(field)) {
            if (!node.path("name").isTextual() || !node.path("shape").isArray()) {
                throw fault("has an entry without name or shape under \"" + field + "\"");
            }
            node.fieldNames().forEachRemaining(key -> {
                if (!TENSOR_KEYS.contains(key)) {
                    throw fault("has the unknown key \"%s\" under \"%s\"; known are %s"
                            .formatted(key, field, String.join(", ", TENSOR_KEYS)));
                }
            });
            specs.add(new TensorSpec(
                    node.path("name").asText(),
                    node.path("type").asText("float32"),
                    lengths(node.path("shape")),
                    node.has("example") ? Optional.of(lengths(node.path("example"))) : Optional.empty(),
                    node.path("fill").asDouble(0)));
        }
        return List.copyOf(specs);
    }

    private static List<Long> lengths(JsonNode array) {
        List<Long> lengths = new ArrayList<>();
        array.forEach(n -> lengths.add(n.asLong(-1)));
        return lengths;
    }

    private void verify(String name, String wanted) {
        String where = folder.describe(name);
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(folder.open(name), digest)) {
                byte[] buffer = new byte[1 << 16];
                while (in.read(buffer) >= 0) {
                    // the stream digests what it reads
                }
            }
            String found = HexFormat.of().formatHex(digest.digest());
            if (!found.equalsIgnoreCase(wanted)) {
                throw new ModelPackException(
                        "Model pack %s: %s has sha256 %s, the manifest says %s.".formatted(id, where, found, wanted));
            }
        } catch (java.nio.file.NoSuchFileException e) {
            throw new ModelPackException("Model pack %s: the weights %s are missing.".formatted(id, where), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return kind.label() + " " + id + " " + version;
    }
}
