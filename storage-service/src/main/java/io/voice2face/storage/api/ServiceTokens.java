package io.voice2face.storage.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.runtime.Startup;
import io.voice2face.storage.config.StorageSettings;

/** The tokens that services call with. Checked at start: without a good one the service does not come up. */
@Startup
@ApplicationScoped
class ServiceTokens {
    private static final int SHORTEST = 16;

    private final List<byte[]> digests = new ArrayList<>();

    ServiceTokens(StorageSettings settings) {
        if (settings.serviceToken().length() < SHORTEST) {
            throw new IllegalStateException("v2f.service-token must have at least " + SHORTEST + " characters");
        }
        digests.add(digest(settings.serviceToken()));
        settings.formerServiceTokens().ifPresent(former -> former.forEach(token -> digests.add(digest(token))));
    }

    /** Compares digests of equal length, all of them: the time says nothing about the tokens. */
    boolean include(String token) {
        byte[] given = digest(token);
        boolean known = false;
        for (byte[] expected : digests) {
            known |= MessageDigest.isEqual(expected, given);
        }
        return known;
    }

    private static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
