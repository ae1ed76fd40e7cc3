package io.voice2face.storage.domain;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

import jakarta.enterprise.context.ApplicationScoped;

import io.voice2face.contracts.ObjectKeys;
import io.voice2face.contracts.event.MediaKind;
import io.voice2face.contracts.event.Reasons;
import io.voice2face.storage.config.StorageSettings;

/** What may be stored: under which key, as which type, how large. */
@ApplicationScoped
public class ObjectRules {
    private static final Pattern KEY =
            Pattern.compile("(?:[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}/){1,6}[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}");
    private static final Pattern MEDIA_TYPE = Pattern.compile(
            "[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}(?:; ?[a-z0-9-]+=\"?[A-Za-z0-9., _-]+\"?)*");
    private static final Map<MediaKind, List<String>> MEDIA_TYPES = Map.of(
            MediaKind.VOICE, List.of("audio/", "video/", "application/ogg", "application/octet-stream"),
            MediaKind.TARGET, List.of("image/", "video/", "application/octet-stream"),
            MediaKind.FACE, List.of("image/png", "image/jpeg", "image/webp"),
            MediaKind.CLIP, List.of("video/", "image/"),
            MediaKind.GIF, List.of("image/gif", "image/webp"),
            MediaKind.POSTER, List.of("image/png", "image/jpeg", "image/webp"));
    /** Documents that browsers run scripts of. */
    private static final List<String> NEVER = List.of("image/svg");

    private final StorageSettings settings;

    ObjectRules(StorageSettings settings) {
        this.settings = settings;
    }

    /**
     * Checks an object that someone wants to store.
     *
     * @throws StorageFault with what is wrong
     */
    public void check(String key, MediaKind kind, Optional<UUID> requestId, String contentType, long size) {
        checkKey(key, requestId);
        String type = contentType.toLowerCase(java.util.Locale.ROOT);
        if (!MEDIA_TYPE.matcher(contentType).matches()
                || NEVER.stream().anyMatch(type::startsWith)
                || MEDIA_TYPES.get(kind).stream().noneMatch(type::startsWith)) {
            throw invalid("invalid_content_type", "no object of kind " + kind + " may have this content type");
        }
        if (size < 1) {
            throw invalid("empty_object", "an object has at least one byte");
        }
        long limit = settings.limits().bytesOf(kind);
        if (size > limit) {
            throw new StorageFault(
                    StorageFault.Kind.TOO_LARGE,
                    Reasons.OBJECT_TOO_LARGE,
                    "%d bytes are more than the %d that a %s may have".formatted(size, limit, kind));
        }
    }

    private static void checkKey(String key, Optional<UUID> requestId) {
        if (!KEY.matcher(key).matches()) {
            throw invalid(
                    "invalid_key", "the object key is not a path of letters, digits, dots, dashes and underscores");
        }
        String prefix = requestId.map(ObjectKeys::requestPrefix).orElse("templates/");
        if (!key.startsWith(prefix)) {
            throw invalid("invalid_key", "the object key must begin with " + prefix);
        }
    }

    private static StorageFault invalid(String reason, String message) {
        return new StorageFault(StorageFault.Kind.INVALID, reason, message);
    }
}
