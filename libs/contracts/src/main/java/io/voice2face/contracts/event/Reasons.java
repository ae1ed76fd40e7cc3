package io.voice2face.contracts.event;

/** Machine-readable reasons of {@link JobFailed} and of the gateway's problem documents. */
public final class Reasons {
    public static final String NO_SPEECH = "no_speech";
    public static final String SPEECH_TOO_SHORT = "speech_too_short";
    public static final String VOICE_TOO_LONG = "voice_too_long";
    public static final String UNREADABLE_VOICE = "unreadable_voice";
    public static final String UNREADABLE_TARGET = "unreadable_target";
    /** The target decodes at first and breaks in the middle. */
    public static final String BROKEN_TARGET = "broken_target";

    public static final String UNSUPPORTED_TARGET = "unsupported_target";
    public static final String TARGET_TOO_LARGE = "target_too_large";
    public static final String TARGET_TOO_LONG = "target_too_long";
    public static final String NO_FACE_IN_TARGET = "no_face_in_target";
    public static final String OBJECT_MISSING = "object_missing";
    public static final String CHECKSUM_MISMATCH = "checksum_mismatch";
    /** The object is larger than its kind may be. */
    public static final String OBJECT_TOO_LARGE = "object_too_large";
    /** The request has been erased: nothing is stored for it any more. */
    public static final String REQUEST_ERASED = "request_erased";

    public static final String INTERNAL = "internal_error";

    private Reasons() {}
}
