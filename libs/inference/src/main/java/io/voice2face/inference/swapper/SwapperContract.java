package io.voice2face.inference.swapper;

import io.voice2face.inference.ModelPack;
import io.voice2face.inference.tensor.Normalisation;

/**
 * A swapper's manifest.
 *
 * <pre>
 * kind: face-swapper
 * size: 128                      # side of the crop, pixels
 * template: arcface_128
 * mean: 0.0                      # of the target: (x/255 − mean) / std; a number or three, RGB
 * std: 1.0
 * output: {scale: 1, offset: 0}  # brings the output into 0…1
 * source:
 *   type: embedding              # or image, with size, template, mean, std
 *   embedding: unit              # or raw: as the encoder gives it
 *   encoder: some-id             # if it must be a certain identity-encoder pack
 *   converter: some-id           # an embedding-converter pack
 *   emap: graph                  # the graph's last initialiser, or a file of little-endian float32
 *   normalise: false             # bring the result to length 1
 * </pre>
 *
 * @param size side of the crop, pixels
 * @param scale {@code y = x·scale + offset} brings the output into 0…1
 */
record SwapperContract(
        int size, WarpTemplate template, Normalisation target, double scale, double offset, SourceContract source) {
    static final String SOURCE = "source";
    static final String TARGET = "target";

    static SwapperContract read(ModelPack pack) {
        ManifestReader manifest = new ManifestReader(pack);
        ManifestReader output = manifest.child("output");
        return new SwapperContract(
                manifest.size(),
                manifest.template(),
                manifest.normalisation(Normalisation.unit()),
                output.number("scale", 1),
                output.number("offset", 0),
                SourceContract.read(pack));
    }
}
