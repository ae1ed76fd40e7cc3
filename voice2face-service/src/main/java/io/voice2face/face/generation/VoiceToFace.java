package io.voice2face.face.generation;

import java.util.Arrays;
import java.util.Map;

import io.voice2face.contracts.event.ModelUse;
import io.voice2face.face.models.Graph;

/**
 * A research model that makes a picture out of a voice in one go (pack kind {@code voice-to-face}). The input is the
 * graph's only one; the picture is its first output, 1×3×S×S, with S read from the graph. Thread-safe.
 */
final class VoiceToFace {
    private final Graph graph;
    private final VoiceFrontEnd frontEnd;
    private final String input;
    private final String output;

    VoiceToFace(Graph graph) {
        this.graph = graph;
        this.frontEnd = VoiceFrontEnd.of(graph.model().pack());
        if (graph.model().inputNames().size() != 1) {
            throw graph.model()
                    .pack()
                    .fault("must have one input, the voice, but its graph has "
                            + graph.model().inputNames());
        }
        this.input = graph.model().inputNames().get(0);
        this.output = graph.model().outputNames().get(0);
        long[] shape = graph.model().outputShape(output);
        if (shape.length != 4 || shape[1] != 3 || shape[2] != shape[3]) {
            throw graph.model()
                    .pack()
                    .fault("must give a square picture [1, 3, S, S] first, but gives " + Arrays.toString(shape));
        }
    }

    /**
     * Picture of a voice, in the size that the model makes.
     *
     * @param speech the speech without the pauses, 16 kHz mono
     * @param attempt see {@link VoiceFrontEnd#listen}
     */
    FacePicture paint(double[] speech, int attempt) {
        VoiceFrontEnd.Input voice = frontEnd.listen(speech, attempt);
        float[] planes = graph.run(Map.of(input, voice.values()), Map.of(input, voice.shape()), output)
                .get(output);
        int side = (int) Math.round(Math.sqrt(planes.length / 3.0));
        float[] rgb = new float[planes.length];
        int plane = side * side;
        for (int channel = 0; channel < 3; channel++) {
            float mean = frontEnd.imageMean(channel);
            float deviation = frontEnd.imageDeviation(channel);
            for (int i = channel * plane; i < (channel + 1) * plane; i++) {
                rgb[i] = Math.max(0, Math.min(1, planes[i] * deviation + mean));
            }
        }
        return new FacePicture(side, rgb);
    }

    ModelUse use() {
        return graph.use();
    }
}
