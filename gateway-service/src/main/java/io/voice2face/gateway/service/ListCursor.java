package io.voice2face.gateway.service;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;

import io.voice2face.gateway.api.ApiProblem;
import io.voice2face.gateway.persistence.RequestRow;
import io.voice2face.gateway.persistence.Requests;

/** A place in a person's list of requests as text that a client hands back. */
final class ListCursor {
    private ListCursor() {}

    /** Place right after a request. */
    static String after(RequestRow row) {
        String text = row.createdAt.getEpochSecond() + "." + row.createdAt.getNano() + "/" + row.id;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Reads a place; 400 for one that is none of ours. */
    static Requests.Position read(String cursor) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            int dot = text.indexOf('.');
            int slash = text.indexOf('/');
            return new Requests.Position(
                    Instant.ofEpochSecond(
                            Long.parseLong(text.substring(0, dot)), Long.parseLong(text.substring(dot + 1, slash))),
                    UUID.fromString(text.substring(slash + 1)));
        } catch (IllegalArgumentException | IndexOutOfBoundsException | java.time.DateTimeException e) {
            throw ApiProblem.invalid("cursor", "invalid", "The cursor is not one of ours.");
        }
    }
}
