package io.voice2face.storage.api;

/** RFC 9457 problem document. */
record Problem(String type, String title, int status, String detail, String reason) {
    static final String MEDIA_TYPE = "application/problem+json";
    private static final String TYPES = "https://voice2face.example/problems/";

    static Problem of(int status, String reason, String detail) {
        String title = reason.replace('_', ' ');
        return new Problem(
                TYPES + reason, Character.toUpperCase(title.charAt(0)) + title.substring(1), status, detail, reason);
    }
}
