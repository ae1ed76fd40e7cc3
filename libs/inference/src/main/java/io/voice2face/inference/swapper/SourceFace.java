package io.voice2face.inference.swapper;

/**
 * What a swapper needs of the source face, prepared once; may be shared by workers.
 *
 * @param values the latent, or the picture's normalised numbers
 */
public record SourceFace(float[] values) {}
