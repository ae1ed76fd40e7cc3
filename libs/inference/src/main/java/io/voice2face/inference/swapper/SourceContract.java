package io.voice2face.inference.swapper;

import java.util.Optional;

import io.voice2face.inference.ModelPack;
import io.voice2face.inference.tensor.Normalisation;

/** What a swapper wants to know of the source face. */
sealed interface SourceContract {

    /**
     * An embedding: encoder → (of length 1) → (converter) → (emap) → (of length 1).
     *
     * @param encoder id of the encoder's pack, if it must be a certain one
     * @param unit whether the encoder's embedding is brought to length 1 first
     * @param converter id of the converter's pack
     * @param emap {@code graph} or a file of the pack
     * @param normalise whether the result is brought to length 1
     */
    record Embedding(
            Optional<String> encoder,
            boolean unit,
            Optional<String> converter,
            Optional<String> emap,
            boolean normalise)
            implements SourceContract {}

    /** A picture of the face. */
    record Image(int size, WarpTemplate template, Normalisation normalisation) implements SourceContract {}

    static SourceContract read(ModelPack pack) {
        ManifestReader source = new ManifestReader(pack).child("source");
        if (source.word("type", "", "embedding", "image").equals("image")) {
            return new Image(source.size(), source.template(), source.normalisation(Normalisation.unit()));
        }
        return new Embedding(
                optional(source, "encoder"),
                source.word("embedding", "unit", "unit", "raw").equals("unit"),
                optional(source, "converter"),
                optional(source, "emap"),
                source.flag("normalise", false));
    }

    private static Optional<String> optional(ManifestReader reader, String field) {
        return reader.has(field) ? Optional.of(reader.text(field, "")) : Optional.empty();
    }
}
