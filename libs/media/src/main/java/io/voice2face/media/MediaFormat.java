package io.voice2face.media;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The containers that are read at all, told apart by their first bytes. FFmpeg is never left to guess: its own probing
 * would also find playlists and scripts that name other files.
 */
enum MediaFormat {
    WAV("wav", "audio/wav"),
    MP3("mp3", "audio/mpeg"),
    AAC("aac", "audio/aac"),
    FLAC("flac", "audio/flac"),
    OGG("ogg", "audio/ogg"),
    MATROSKA("matroska", "video/webm"),
    MP4("mov", "video/mp4"),
    GIF("gif", "image/gif"),
    PNG("", "image/png"),
    JPEG("", "image/jpeg"),
    WEBP("", "image/webp"),
    /** Phones' pictures in an mp4's clothes; known so that it is not taken for a clip. */
    HEIF("", "image/heif");

    private final String demuxer;
    private final String contentType;

    MediaFormat(String demuxer, String contentType) {
        this.demuxer = demuxer;
        this.contentType = contentType;
    }

    /** FFmpeg's name of the demuxer. */
    String demuxer() {
        return demuxer;
    }

    String contentType() {
        return contentType;
    }

    boolean isStill() {
        return demuxer.isEmpty();
    }

    /** Reads the first bytes of a local regular file; empty if no format is recognised. */
    static Optional<MediaFormat> of(Path file) throws IOException {
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(64);
        }
        return of(head);
    }

    static Optional<MediaFormat> of(byte[] head) {
        if (starts(head, 0, "RIFF") || starts(head, 0, "RF64")) {
            if (starts(head, 8, "WAVE")) {
                return Optional.of(WAV);
            }
            return starts(head, 8, "WEBP") ? Optional.of(WEBP) : Optional.empty();
        }
        if (starts(head, 0, "GIF87a") || starts(head, 0, "GIF89a")) {
            return Optional.of(GIF);
        }
        if (starts(head, 0, "OggS")) {
            return Optional.of(OGG);
        }
        if (starts(head, 0, "fLaC")) {
            return Optional.of(FLAC);
        }
        if (starts(head, 0, "ID3")) {
            return Optional.of(MP3);
        }
        if (bytes(head, 0x1A, 0x45, 0xDF, 0xA3)) {
            return Optional.of(MATROSKA);
        }
        if (bytes(head, 0x89, 'P', 'N', 'G')) {
            return Optional.of(PNG);
        }
        if (bytes(head, 0xFF, 0xD8, 0xFF)) {
            return Optional.of(JPEG);
        }
        if (starts(head, 4, "ftyp") && isPicture(head)) {
            return Optional.of(HEIF);
        }
        for (String box : new String[] {"ftyp", "moov", "mdat", "wide", "free", "skip"}) {
            if (starts(head, 4, box)) {
                return Optional.of(MP4);
            }
        }
        if (head.length > 1 && (head[0] & 0xFF) == 0xFF && (head[1] & 0xE0) == 0xE0) {
            int layer = head[1] >> 1 & 3;
            return Optional.of(layer == 0 ? AAC : MP3);
        }
        return Optional.empty();
    }

    /** Major brands of ISO/IEC 23008-12 and of AVIF. */
    private static boolean isPicture(byte[] head) {
        for (String brand : new String[] {"heic", "heix", "heim", "heis", "hevc", "mif1", "msf1", "avif", "avis"}) {
            if (starts(head, 8, brand)) {
                return true;
            }
        }
        return false;
    }

    private static boolean starts(byte[] head, int at, String text) {
        byte[] wanted = text.getBytes(StandardCharsets.ISO_8859_1);
        if (head.length < at + wanted.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (head[at + i] != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean bytes(byte[] head, int... wanted) {
        if (head.length < wanted.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if ((head[i] & 0xFF) != wanted[i]) {
                return false;
            }
        }
        return true;
    }
}
