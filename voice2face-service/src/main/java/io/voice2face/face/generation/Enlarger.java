package io.voice2face.face.generation;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.voice2face.contracts.event.ModelUse;
import io.voice2face.face.models.Graph;

/**
 * Makes small pictures large: bicubic, then an enhancer (GFPGAN, CodeFormer and the like: one input and first output
 * 1×3×512×512, RGB, (x − .5)/.5) where the operator has mounted one, blended in by {@value #BLEND}.
 */
final class Enlarger {
    private static final float BLEND = 0.8f;

    private final Optional<Graph> enhancer;
    private final int side;

    /** @param side pixels of an edge of what comes out */
    Enlarger(Optional<Graph> enhancer, int side) {
        this.enhancer = enhancer;
        this.side = side;
    }

    FacePicture enlarge(FacePicture picture) {
        FacePicture large = picture.side() == side ? picture : picture.resized(side);
        return enhancer.map(graph -> enhance(graph, large)).orElse(large);
    }

    List<ModelUse> models() {
        return enhancer.map(Graph::use).stream().toList();
    }

    private static FacePicture enhance(Graph graph, FacePicture picture) {
        String input = graph.model().inputNames().get(0);
        String output = graph.model().outputNames().get(0);
        float[] rgb = picture.rgb();
        float[] centred = new float[rgb.length];
        for (int i = 0; i < rgb.length; i++) {
            centred[i] = (rgb[i] - 0.5f) / 0.5f;
        }
        long[] shape = {1, 3, picture.side(), picture.side()};
        float[] enhanced =
                graph.run(Map.of(input, centred), Map.of(input, shape), output).get(output);
        float[] blended = new float[rgb.length];
        for (int i = 0; i < rgb.length; i++) {
            float value = Math.max(0, Math.min(1, enhanced[i] * 0.5f + 0.5f));
            blended[i] = BLEND * value + (1 - BLEND) * rgb[i];
        }
        return new FacePicture(picture.side(), blended);
    }
}
