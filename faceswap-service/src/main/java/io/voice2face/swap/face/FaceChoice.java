package io.voice2face.swap.face;

/** Which of the faces of a clip are swapped. */
public sealed interface FaceChoice {
    /** The largest and most central face. */
    record Prominent() implements FaceChoice {}

    /** Every face. */
    record All() implements FaceChoice {}

    /**
     * The face at a place when it is first seen.
     *
     * @param index 0 is the leftmost
     */
    record FromLeft(int index) implements FaceChoice {
        public FromLeft {
            if (index < 0) {
                throw new IllegalArgumentException("the index counts from 0: " + index);
            }
        }
    }

    /**
     * Reads a setting.
     *
     * @param text {@code prominent}, {@code all} or a number that counts from 0 at the left
     */
    static FaceChoice parse(String text) {
        return switch (text) {
            case "prominent" -> new Prominent();
            case "all" -> new All();
            default -> {
                try {
                    yield new FromLeft(Integer.parseInt(text));
                } catch (NumberFormatException e) {
                    throw new IllegalArgumentException("faces must be prominent, all or a number from 0: " + text, e);
                }
            }
        };
    }
}
