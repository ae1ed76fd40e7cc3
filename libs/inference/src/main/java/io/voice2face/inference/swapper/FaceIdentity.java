package io.voice2face.inference.swapper;

/**
 * An identity encoder's embedding of a face, as the network gives it (not normalised).
 *
 * @param raw usually 512 numbers
 */
public record FaceIdentity(float[] raw) {

    /** Of length 1. */
    public float[] normalised() {
        return Vectors.normalised(raw);
    }

    /** Cosine of the angle between both, −1…1. */
    public double similarity(FaceIdentity other) {
        return Vectors.dot(normalised(), other.normalised());
    }
}
