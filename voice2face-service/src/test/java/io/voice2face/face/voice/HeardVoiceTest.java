package io.voice2face.face.voice;

import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.voice2face.contracts.event.Gender;
import io.voice2face.face.features.PitchStatistics;
import io.voice2face.face.features.SpeechMask;

import static org.assertj.core.api.Assertions.assertThat;

class HeardVoiceTest {
    @ParameterizedTest(name = "female with {0}: {1}, certain {2}")
    @CsvSource({
        "0.50, FEMALE, false",
        "0.69, FEMALE, false",
        "0.70, FEMALE, true",
        "0.31, MALE, false",
        "0.29, MALE, true",
        "0.99, FEMALE, true"
    })
    void belowSeventyPercentTheResultSaysThatItCannotTell(double female, Gender gender, boolean certain) {
        HeardVoice voice = heard(female);

        assertThat(voice.gender()).isEqualTo(gender);
        assertThat(voice.isGenderCertain()).isEqualTo(certain);
        assertThat(voice.toEvent().genderCertain()).isEqualTo(certain);
    }

    private static HeardVoice heard(double female) {
        return new HeardVoice(
                new double[512],
                SpeechMask.everything(512),
                female,
                new AgePosterior(0.3, 0.4, 0.3),
                new PitchStatistics(165, 140, 190, 0.6),
                new Timbre(new float[Timbre.DIMENSIONS]),
                List.of());
    }
}
