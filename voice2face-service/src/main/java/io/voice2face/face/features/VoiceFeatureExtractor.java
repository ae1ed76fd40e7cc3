package io.voice2face.face.features;

/** Measures the features of a voice. Thread-safe. */
public final class VoiceFeatureExtractor {
    private final LongTermSpectrum longTerm = new LongTermSpectrum();
    private final CepstralStatistics cepstra = new CepstralStatistics();
    private final PitchTracker pitch = new PitchTracker();

    /**
     * Features of the speech in a recording.
     *
     * @param samples 16 kHz mono with a mean of zero, any level
     * @param speech which of it is speech; at least a second for figures that mean something
     */
    public VoiceFeatures extract(double[] samples, SpeechMask speech) {
        PitchStatistics statistics = pitch.of(samples, speech);
        return new VoiceFeatures(
                floats(longTerm.of(samples, speech)),
                floats(cepstra.of(samples, speech)),
                floats(statistics.asFeatures()),
                statistics);
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
