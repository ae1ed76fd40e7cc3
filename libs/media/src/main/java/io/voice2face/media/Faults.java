package io.voice2face.media;

import io.voice2face.contracts.event.Reasons;

/** The machine-readable reasons that apply to what is being read: a voice or a target. */
enum Faults {
    VOICE(
            "recording",
            Reasons.UNREADABLE_VOICE,
            Reasons.UNREADABLE_VOICE,
            Reasons.UNREADABLE_VOICE,
            Reasons.VOICE_TOO_LONG,
            Reasons.UNREADABLE_VOICE),
    TARGET(
            "target",
            Reasons.UNREADABLE_TARGET,
            Reasons.UNSUPPORTED_TARGET,
            Reasons.TARGET_TOO_LARGE,
            Reasons.TARGET_TOO_LONG,
            Reasons.BROKEN_TARGET);

    private final String noun;
    private final String unreadable;
    private final String unsupported;
    private final String tooLarge;
    private final String tooLong;
    private final String broken;

    Faults(String noun, String unreadable, String unsupported, String tooLarge, String tooLong, String broken) {
        this.noun = noun;
        this.unreadable = unreadable;
        this.unsupported = unsupported;
        this.tooLarge = tooLarge;
        this.tooLong = tooLong;
        this.broken = broken;
    }

    /** The file cannot be made sense of at all. */
    MediaException unreadable(String what) {
        return new MediaException(unreadable, "The " + noun + " cannot be read: " + what + ".");
    }

    /** A sound file, but of a kind that is not dealt with here. */
    MediaException unsupported(String what) {
        return new MediaException(unsupported, "The " + noun + " is of a kind that is not supported: " + what + ".");
    }

    MediaException tooLarge(String what) {
        return new MediaException(tooLarge, "The " + noun + " is too large: " + what + ".");
    }

    MediaException tooLong(String what) {
        return new MediaException(tooLong, "The " + noun + " is too long: " + what + ".");
    }

    /** It begins well and breaks later. */
    MediaException broken(String what) {
        return new MediaException(broken, "The " + noun + " is damaged: " + what + ".");
    }
}
