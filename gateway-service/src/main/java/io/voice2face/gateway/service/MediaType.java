package io.voice2face.gateway.service;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What an uploaded file is by its first bytes. The client's own word is never stored: what is served later from the
 * object store must not be what a stranger called it.
 */
public final class MediaType {
    /** What is not recognised; the workers have the last word on whether it can be read. */
    public static final String UNKNOWN = "application/octet-stream";

    private static final int HEAD = 64;

    private MediaType() {}

    /** Media type of a recording. */
    public static String ofVoice(Path file) throws IOException {
        byte[] head = head(file);
        String found = of(head);
        return switch (found) {
            case "video/mp4" -> "audio/mp4";
            case "video/webm" -> "audio/webm";
            case "image/jpeg", "image/png", "image/gif", "image/webp" -> UNKNOWN;
            default -> isMpegAudio(head) ? "audio/mpeg" : found;
        };
    }

    /** Media type of a target. */
    public static String ofTarget(Path file) throws IOException {
        String found = of(head(file));
        return found.startsWith("audio/") ? UNKNOWN : found;
    }

    private static byte[] head(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(HEAD);
        }
    }

    private static String of(byte[] head) {
        if (has(head, 0, "RIFF") && has(head, 8, "WAVE")) {
            return "audio/wav";
        }
        if (has(head, 0, "RIFF") && has(head, 8, "WEBP")) {
            return "image/webp";
        }
        if (has(head, 4, "ftyp")) {
            return has(head, 8, "M4A") ? "audio/mp4" : "video/mp4";
        }
        if (has(head, 0, "OggS")) {
            return "audio/ogg";
        }
        if (has(head, 0, "fLaC")) {
            return "audio/flac";
        }
        if (has(head, 0, "ID3")) {
            return "audio/mpeg";
        }
        if (starts(head, 0x1A, 0x45, 0xDF, 0xA3)) {
            return "video/webm";
        }
        if (starts(head, 0x89, 'P', 'N', 'G')) {
            return "image/png";
        }
        if (starts(head, 0xFF, 0xD8, 0xFF)) {
            return "image/jpeg";
        }
        if (has(head, 0, "GIF87a") || has(head, 0, "GIF89a")) {
            return "image/gif";
        }
        return UNKNOWN;
    }

    /** Frame sync of MPEG audio layer III without an ID3 tag before it. */
    private static boolean isMpegAudio(byte[] head) {
        return head.length > 2 && (head[0] & 0xFF) == 0xFF && (head[1] & 0xE6) == 0xE2;
    }

    private static boolean has(byte[] head, int at, String text) {
        byte[] wanted = text.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < wanted.length; i++) {
            if (at + i >= head.length || head[at + i] != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean starts(byte[] head, int... wanted) {
        for (int i = 0; i < wanted.length; i++) {
            if (i >= head.length || (head[i] & 0xFF) != wanted[i]) {
                return false;
            }
        }
        return true;
    }
}
