package io.voice2face.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

/**
 * What {@code kubectl kustomize} makes of a folder, as far as ours use it: resources, namespace, image tags, and JSON
 * patches (RFC 6902, add and replace), which fail where what they change is not there.
 */
final class Kustomization {
    private static final YAMLMapper YAML = new YAMLMapper();

    private Kustomization() {}

    static List<JsonNode> build(Path folder) throws IOException {
        JsonNode kustomization = documents(folder.resolve("kustomization.yaml")).get(0);
        List<JsonNode> objects = new ArrayList<>();
        for (JsonNode resource : kustomization.path("resources")) {
            Path path = folder.resolve(resource.asText()).normalize();
            objects.addAll(Files.isDirectory(path) ? build(path) : documents(path));
        }
        for (JsonNode patch : kustomization.path("patches")) {
            // a list at the root is read as its entries
            List<JsonNode> operations =
                    documents(folder.resolve(patch.path("path").asText()));
            List<JsonNode> targets = objects.stream()
                    .filter(object -> object.path("kind")
                            .asText()
                            .equals(patch.at("/target/kind").asText()))
                    .filter(object -> object.at("/metadata/name")
                            .asText()
                            .matches(patch.at("/target/name").asText()))
                    .toList();
            if (targets.isEmpty()) {
                throw new IllegalStateException("a patch of " + folder + " meets nothing: " + patch);
            }
            targets.forEach(target -> operations.forEach(operation -> apply(operation, target)));
        }
        for (JsonNode image : kustomization.path("images")) {
            objects.stream()
                    .map(object -> object.at("/spec/template/spec/containers/0"))
                    .filter(container -> container
                            .path("image")
                            .asText()
                            .equals(image.path("name").asText()))
                    .forEach(container -> ((ObjectNode) container)
                            .put(
                                    "image",
                                    image.path("name").asText() + ":"
                                            + image.path("newTag").asText()));
        }
        if (kustomization.has("namespace")) {
            objects.forEach(object -> ((ObjectNode) object.path("metadata"))
                    .put("namespace", kustomization.path("namespace").asText()));
        }
        return objects;
    }

    static List<JsonNode> documents(Path file) throws IOException {
        try (MappingIterator<JsonNode> documents =
                YAML.readerFor(JsonNode.class).readValues(file.toFile())) {
            return documents.readAll();
        }
    }

    private static void apply(JsonNode operation, JsonNode target) {
        String name = operation.path("op").asText();
        JsonPointer path = JsonPointer.compile(operation.path("path").asText());
        JsonNode parent = target.at(path.head());
        String last = path.last().getMatchingProperty();
        if (parent.isMissingNode() || name.equals("replace") && target.at(path).isMissingNode()) {
            throw new IllegalStateException("there is nothing at " + path + " of " + target.at("/metadata/name"));
        }
        JsonNode value = operation.path("value").deepCopy();
        switch (name) {
            case "add", "replace" -> {
                if (parent instanceof ArrayNode list) {
                    if (!last.equals("-")) {
                        throw new IllegalStateException("only the end of a list is patched: " + path);
                    }
                    list.add(value);
                } else {
                    ((ObjectNode) parent).set(last, value);
                }
            }
            default -> throw new IllegalStateException("unknown patch " + name);
        }
    }
}
