package io.voice2face.inference.swapper;

import io.voice2face.inference.ModelPack;
import io.voice2face.inference.tensor.Normalisation;

import com.fasterxml.jackson.databind.JsonNode;

/** Reads what face models have in common from a manifest; faults name the pack and the field. */
final class ManifestReader {
    private final ModelPack pack;
    private final JsonNode node;
    private final String prefix;

    ManifestReader(ModelPack pack) {
        this(pack, pack.manifest(), "");
    }

    private ManifestReader(ModelPack pack, JsonNode node, String prefix) {
        this.pack = pack;
        this.node = node;
        this.prefix = prefix;
    }

    ManifestReader child(String field) {
        return new ManifestReader(pack, node.path(field), prefix + field + ".");
    }

    boolean has(String field) {
        return node.hasNonNull(field);
    }

    int size() {
        int size = node.path("size").asInt(0);
        if (size <= 0) {
            throw pack.fault("lacks the whole number \"%ssize\"".formatted(prefix));
        }
        return size;
    }

    WarpTemplate template() {
        String label = node.path("template").asText();
        return WarpTemplate.of(label)
                .orElseThrow(() -> pack.fault(
                        "has \"%stemplate: %s\"; known are %s".formatted(prefix, label, WarpTemplate.labels())));
    }

    Normalisation normalisation(Normalisation usual) {
        if (!has("mean") && !has("std")) {
            return usual;
        }
        return new Normalisation(triple("mean"), triple("std"));
    }

    private double[] triple(String field) {
        JsonNode values = node.path(field);
        double[] triple = new double[3];
        for (int i = 0; i < 3; i++) {
            JsonNode value = values.isArray() ? values.path(i) : values;
            if (!value.isNumber()) {
                throw pack.fault("needs a number or three under \"%s%s\"".formatted(prefix, field));
            }
            triple[i] = value.asDouble();
        }
        return triple;
    }

    double number(String field, double usual) {
        return node.path(field).asDouble(usual);
    }

    boolean flag(String field, boolean usual) {
        return node.path(field).asBoolean(usual);
    }

    String text(String field, String usual) {
        return node.path(field).asText(usual);
    }

    /** One of a few words. */
    String word(String field, String usual, String... allowed) {
        String word = text(field, usual);
        for (String known : allowed) {
            if (known.equals(word)) {
                return word;
            }
        }
        throw pack.fault("has \"%s%s: %s\"; known are %s".formatted(prefix, field, word, String.join(", ", allowed)));
    }
}
