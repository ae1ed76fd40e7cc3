package io.voice2face.gateway.domain;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

import io.voice2face.contracts.event.JobState;
import io.voice2face.contracts.event.Variant;
import io.voice2face.contracts.event.VoiceAnalysis;

/**
 * The work on one result.
 *
 * @param state where the work stands
 * @param variants both variants, always present
 * @param analysis what was heard in the voice, once known
 * @param failure why the whole result ended without success
 */
public record Job(
        JobState state,
        Map<Variant, VariantJob> variants,
        Optional<VoiceAnalysis> analysis,
        Optional<Failure> failure) {
    public Job {
        variants = Map.copyOf(variants);
        for (Variant variant : Variant.values()) {
            if (!variants.containsKey(variant)) {
                throw new IllegalArgumentException("a job has both variants, " + variant + " is missing");
            }
        }
    }

    /** A job that has just been accepted. */
    public static Job queued() {
        Map<Variant, VariantJob> variants = new EnumMap<>(Variant.class);
        for (Variant variant : Variant.values()) {
            variants.put(variant, VariantJob.WAITING);
        }
        return new Job(JobState.QUEUED, variants, Optional.empty(), Optional.empty());
    }

    /** One of the two variants. */
    public VariantJob variant(Variant variant) {
        return variants.get(variant);
    }

    Job with(Variant variant, VariantJob changed) {
        Map<Variant, VariantJob> copy = new EnumMap<>(variants);
        copy.put(variant, changed);
        return new Job(state, copy, analysis, failure);
    }

    Job with(VoiceAnalysis heard) {
        return new Job(state, variants, Optional.of(heard), failure);
    }

    Job moved(JobState to) {
        return new Job(to, variants, analysis, failure);
    }

    Job ended(JobState end, Failure why) {
        return new Job(end, variants, analysis, Optional.of(why));
    }
}
