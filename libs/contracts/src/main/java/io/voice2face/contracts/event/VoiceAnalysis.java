package io.voice2face.contracts.event;

import java.util.List;

/**
 * What was heard in a voice.
 *
 * @param speechSeconds seconds of speech that the voice activity detector found
 * @param femaleProbability calibrated probability 0..1 that the speaker is a woman
 * @param genderCertain false where neither gender reaches a probability of .70: "cannot tell"
 * @param medianF0Hz median fundamental frequency in Hz
 * @param p10F0Hz 10th percentile of the fundamental frequency in Hz
 * @param p90F0Hz 90th percentile of the fundamental frequency in Hz
 * @param under30 posterior probability of an age under 30
 * @param from30To49 posterior probability of an age from 30 to 49
 * @param over49 posterior probability of an age of 50 or more
 * @param ageEstimate age in years that the voice face was drawn with; uncertain
 * @param hints quality hints: {@code clipping}, {@code low_level}, {@code noisy}; empty for a good recording
 */
public record VoiceAnalysis(
        double speechSeconds,
        double femaleProbability,
        boolean genderCertain,
        double medianF0Hz,
        double p10F0Hz,
        double p90F0Hz,
        double under30,
        double from30To49,
        double over49,
        int ageEstimate,
        List<String> hints) {}
