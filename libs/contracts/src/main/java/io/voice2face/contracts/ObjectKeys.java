package io.voice2face.contracts;

import java.util.UUID;

import io.voice2face.contracts.event.Variant;

/** Deterministic object keys: work that is done twice writes the same object twice. */
public final class ObjectKeys {
    private ObjectKeys() {}

    /** Everything of one request lies under this prefix; ends with a slash. */
    public static String requestPrefix(UUID requestId) {
        return "requests/" + requestId + "/";
    }

    /** The uploaded recording. */
    public static String voice(UUID requestId) {
        return requestPrefix(requestId) + "voice";
    }

    /** The uploaded target clip or picture. */
    public static String target(UUID requestId) {
        return requestPrefix(requestId) + "target";
    }

    /**
     * A product of one variant of a result.
     *
     * @param name file name with extension, for example {@code face.png}, {@code clip.mp4}, {@code preview.gif}
     */
    public static String product(UUID requestId, UUID resultId, Variant variant, String name) {
        return requestPrefix(requestId) + resultId + "/" + variant.pathSegment() + "/" + name;
    }

    /** A built-in target clip. */
    public static String template(String templateId, String fileName) {
        return "templates/" + templateId + "/" + fileName;
    }
}
