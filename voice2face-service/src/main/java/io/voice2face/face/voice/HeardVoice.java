package io.voice2face.face.voice;

import java.util.Arrays;
import java.util.List;

import io.voice2face.contracts.event.Gender;
import io.voice2face.contracts.event.VoiceAnalysis;
import io.voice2face.face.features.PitchStatistics;
import io.voice2face.face.features.SpeechMask;

/**
 * What was heard in a recording.
 *
 * @param samples the recording, 16 kHz mono, loudness normalised; for models that listen to it themselves
 * @param speech which of it is speech
 * @param femaleProbability calibrated, 0..1
 * @param hints see {@link QualityHints}
 */
public record HeardVoice(
        double[] samples,
        SpeechMask speech,
        double femaleProbability,
        AgePosterior age,
        PitchStatistics pitch,
        Timbre timbre,
        List<String> hints) {
    private static final double CERTAIN = 0.70;

    /** The speech without the pauses. */
    public double[] speechSamples() {
        double[] kept = new double[samples.length];
        int count = 0;
        for (int i = 0; i < samples.length; i++) {
            if (speech.covers(i)) {
                kept[count++] = samples[i];
            }
        }
        return Arrays.copyOf(kept, count);
    }

    /** The gender that is more probable. */
    public Gender gender() {
        return femaleProbability >= 0.5 ? Gender.FEMALE : Gender.MALE;
    }

    /** False where neither gender reaches .70: nobody can tell from this voice. */
    public boolean isGenderCertain() {
        return Math.max(femaleProbability, 1 - femaleProbability) >= CERTAIN;
    }

    /** Age in years to draw a face with: the posterior's age at the timbre's own quantile. */
    public int ageEstimate() {
        return age.ageAt(timbre.quantile());
    }

    /** The same as an event says it. */
    public VoiceAnalysis toEvent() {
        return new VoiceAnalysis(
                speech.speechSeconds(),
                femaleProbability,
                isGenderCertain(),
                pitch.medianHz(),
                pitch.p10Hz(),
                pitch.p90Hz(),
                age.under30(),
                age.from30To49(),
                age.over49(),
                ageEstimate(),
                hints);
    }
}
