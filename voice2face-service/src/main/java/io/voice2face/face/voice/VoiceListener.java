package io.voice2face.face.voice;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.quarkus.runtime.Startup;
import io.voice2face.contracts.event.ModelUse;
import io.voice2face.contracts.event.Reasons;
import io.voice2face.face.config.FaceServiceSettings;
import io.voice2face.face.features.Loudness;
import io.voice2face.face.features.SpeechMask;
import io.voice2face.face.features.VoiceFeatureExtractor;
import io.voice2face.face.features.VoiceFeatures;
import io.voice2face.face.models.FaceModels;
import io.voice2face.face.models.Graph;
import io.voice2face.face.timing.StopWatch;
import io.voice2face.media.AudioDecoder;
import io.voice2face.media.AudioLimits;
import io.voice2face.media.MediaException;
import io.voice2face.media.MonoAudio;

/** Listens to a recording: decode → loudness → voice activity → features → analysis. Thread-safe; blocks. */
@Startup
@ApplicationScoped
public class VoiceListener {
    private final SileroVad vad;
    private final Graph analyser;
    private final VoiceFeatureExtractor extractor = new VoiceFeatureExtractor();
    private final FaceServiceSettings.Limits limits;

    @Inject
    VoiceListener(FaceModels models, FaceServiceSettings settings) {
        this(models, settings.limits());
    }

    /** Listens with these models and limits. */
    public VoiceListener(FaceModels models, FaceServiceSettings.Limits limits) {
        this.vad = new SileroVad(models.voiceActivity());
        this.analyser = models.voiceAnalyser();
        this.limits = limits;
    }

    /**
     * Listens to a file of any container that {@link AudioDecoder} reads.
     *
     * @throws RejectedVoiceException {@code unreadable_voice}, {@code voice_too_long}, {@code no_speech},
     *     {@code speech_too_short}
     */
    public HeardVoice listen(Path recording, StopWatch watch) throws Exception {
        MonoAudio audio = watch.time("decode", () -> decode(recording));
        Loudness.Normalised loud = Loudness.normalise(audio.samples());
        SpeechMask speech = watch.time("vad", () -> vad.speech(loud.samples()));
        requireSpeech(speech);
        VoiceFeatures features = watch.time("features", () -> extractor.extract(loud.samples(), speech));
        Map<String, float[]> heard = watch.time("analyse", () -> analyse(features));
        float[] age = heard.get("age_posterior");
        return new HeardVoice(
                loud.samples(),
                speech,
                heard.get("female_probability")[0],
                new AgePosterior(age[0], age[1], age[2]),
                features.pitch(),
                new Timbre(heard.get("timbre")),
                QualityHints.of(audio.samples(), loud.samples(), loud.levelDbfs(), speech));
    }

    /** The models that listen. */
    public List<ModelUse> models() {
        return List.of(analyser.use());
    }

    private MonoAudio decode(Path recording) throws RejectedVoiceException {
        Duration longest = Duration.ofMillis(Math.round(1000 * limits.voiceSeconds()));
        try {
            return AudioDecoder.decodeMono16k(recording, new AudioLimits(longest, limits.voiceBytes()));
        } catch (MediaException e) {
            Map<String, Object> details =
                    e.reason().equals(Reasons.VOICE_TOO_LONG) ? Map.of("maxSeconds", limits.voiceSeconds()) : Map.of();
            throw new RejectedVoiceException(e.reason(), e.getMessage(), details);
        }
    }

    private void requireSpeech(SpeechMask speech) throws RejectedVoiceException {
        double found = speech.speechSeconds();
        if (found == 0) {
            throw new RejectedVoiceException(
                    Reasons.NO_SPEECH, "No speech was found in the recording.", Map.of("speechSeconds", 0.0));
        }
        if (found < limits.minSpeechSeconds()) {
            double rounded = Math.round(found * 100) / 100.0;
            throw new RejectedVoiceException(
                    Reasons.SPEECH_TOO_SHORT,
                    "Only %.1f s of speech were found in the recording; at least %.1f s are needed."
                            .formatted(found, limits.minSpeechSeconds()),
                    Map.of("speechSeconds", rounded, "minSeconds", limits.minSpeechSeconds()));
        }
    }

    private Map<String, float[]> analyse(VoiceFeatures features) {
        return analyser.run(
                Map.of("mel", features.mel(), "mfcc", features.mfcc(), "f0", features.f0()),
                "female_probability",
                "age_posterior",
                "timbre");
    }
}
