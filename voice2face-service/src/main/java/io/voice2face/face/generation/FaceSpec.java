package io.voice2face.face.generation;

import java.util.OptionalInt;

import io.voice2face.contracts.event.Gender;

/**
 * What a face is made from.
 *
 * @param age years, 18–90
 * @param skinTone Monk scale 1–10, empty to let the identity decide
 */
public record FaceSpec(Gender gender, int age, OptionalInt skinTone, Identity identity) {
    /** Youngest and oldest faces that the generator makes. */
    public static final int MIN_AGE = 18;

    public static final int MAX_AGE = 90;

    public FaceSpec {
        if (age < MIN_AGE || age > MAX_AGE) {
            throw new IllegalArgumentException("age must be " + MIN_AGE + "–" + MAX_AGE + ": " + age);
        }
    }

    /** The nearest age that the generator makes. */
    public static int generatedAge(int statedAge) {
        return Math.max(MIN_AGE, Math.min(MAX_AGE, statedAge));
    }
}
