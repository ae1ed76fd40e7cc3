package io.voice2face.inference.swapper;

import java.util.Arrays;

import io.voice2face.inference.OnnxModel;

/** Checks that a graph's tensors are those its manifest speaks of. */
final class Shapes {
    private Shapes() {}

    /** Demands 1×3×size×size; lengths that the graph leaves open fit. */
    static void requirePlanes(OnnxModel model, String input, int size) {
        require(model, input, model.inputShape(input), 1, 3, size, size);
    }

    static void require(OnnxModel model, String tensor, long[] real, long... wanted) {
        boolean fits = real.length == wanted.length;
        for (int i = 0; fits && i < wanted.length; i++) {
            fits = real[i] < 0 || real[i] == wanted[i];
        }
        if (!fits) {
            throw model.pack()
                    .fault("needs \"%s\" of shape %s for what it says, but its graph has %s"
                            .formatted(tensor, Arrays.toString(wanted), Arrays.toString(real)));
        }
    }

    static long lastLength(OnnxModel model, String output, long usual) {
        long[] shape = model.outputShape(output);
        long last = shape.length == 0 ? -1 : shape[shape.length - 1];
        return last < 0 ? usual : last;
    }
}
