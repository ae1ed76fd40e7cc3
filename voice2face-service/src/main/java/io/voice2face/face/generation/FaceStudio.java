package io.voice2face.face.generation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.runtime.Startup;
import io.voice2face.contracts.event.Gender;
import io.voice2face.contracts.event.ModelUse;
import io.voice2face.face.models.FaceModels;
import io.voice2face.face.models.Graph;
import io.voice2face.face.timing.StopWatch;
import io.voice2face.face.voice.HeardVoice;

/** Makes the two faces of a result. Thread-safe; blocks. */
@Startup
@ApplicationScoped
public class FaceStudio {
    /** How far "regenerate" moves away from the first face of a voice: another person, not a stranger. */
    private static final double VARIATION = 0.6;

    private static final String IMAGE = "image";

    private final Graph generator;
    private final Graph timbreToIdentity;
    private final int identityDimensions;
    private final int side;
    private final Optional<VoiceToFace> research;
    private final Enlarger enlarger;

    public FaceStudio(FaceModels models) {
        this.generator = models.faceGenerator();
        this.timbreToIdentity = models.timbreToIdentity();
        this.identityDimensions = (int) generator.model().inputShape("identity")[1];
        long converted = timbreToIdentity.model().outputShape("identity")[1];
        if (converted != identityDimensions) {
            throw timbreToIdentity
                    .model()
                    .pack()
                    .fault("gives identities of %d values, but the face generator %s takes %d"
                            .formatted(converted, generator.model().pack().id(), identityDimensions));
        }
        this.side = (int) generator.model().outputShape(IMAGE)[3];
        this.research = models.voiceToFace().map(VoiceToFace::new);
        this.enlarger = new Enlarger(models.enhancer(), side);
    }

    /**
     * The face that a voice brings to mind: gender, age and identity come from the voice alone. The first attempt depends
     * on nothing else, so one recording always gives one face; further attempts vary the identity within the same gender
     * and age.
     */
    public MadeFace fromVoice(HeardVoice voice, OptionalInt skinTone, int attempt, StopWatch watch) throws Exception {
        if (research.isPresent()) {
            return painted(research.get(), voice, attempt, watch);
        }
        Identity identity = new Identity(timbreToIdentity
                .run(Map.of("timbre", voice.timbre().values()), "identity")
                .get("identity"));
        if (attempt > 1) {
            identity = identity.varied(VARIATION, "voice/" + attempt);
        }
        FaceSpec spec = new FaceSpec(voice.gender(), FaceSpec.generatedAge(voice.ageEstimate()), skinTone, identity);
        return new MadeFace(
                generate(spec, watch), spec.gender(), spec.age(), List.of(timbreToIdentity.use(), generator.use()));
    }

    /** A face of somebody with the stated gender and age, drawn for the request and attempt. */
    public MadeFace fromStatement(
            UUID requestId, Gender gender, int statedAge, OptionalInt skinTone, int attempt, StopWatch watch)
            throws Exception {
        Identity identity = Identity.draw(identityDimensions, "condition/" + requestId + "/" + attempt);
        FaceSpec spec = new FaceSpec(gender, FaceSpec.generatedAge(statedAge), skinTone, identity);
        return new MadeFace(generate(spec, watch), gender, spec.age(), List.of(generator.use()));
    }

    /** An operator's research model paints the voice itself; gender and age are what the analyser heard. */
    private MadeFace painted(VoiceToFace model, HeardVoice voice, int attempt, StopWatch watch) throws Exception {
        FacePicture small = watch.time("generate", () -> model.paint(voice.speechSamples(), attempt));
        FacePicture picture = watch.time("enlarge", () -> enlarger.enlarge(small));
        List<ModelUse> used = new ArrayList<>(List.of(model.use()));
        used.addAll(enlarger.models());
        return new MadeFace(picture, voice.gender(), FaceSpec.generatedAge(voice.ageEstimate()), List.copyOf(used));
    }

    private FacePicture generate(FaceSpec spec, StopWatch watch) throws Exception {
        Map<String, float[]> inputs = Map.of(
                "gender", new float[] {spec.gender() == Gender.FEMALE ? 1 : -1},
                "age", new float[] {spec.age()},
                "identity", spec.identity().values(),
                "skin_tone", new float[] {spec.skinTone().orElse(0)});
        return new FacePicture(
                side, watch.time("generate", () -> generator.run(inputs, IMAGE).get(IMAGE)));
    }
}
