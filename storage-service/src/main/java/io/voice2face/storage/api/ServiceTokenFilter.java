package io.voice2face.storage.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;

import org.jboss.resteasy.reactive.server.ServerRequestFilter;

import io.voice2face.storage.config.StorageSettings;
import io.voice2face.storage.domain.StorageFault;

/** Lets only services with the service token in. */
@Singleton
class ServiceTokenFilter {
    private static final String SCHEME = "Bearer ";
    private static final int SHORTEST_TOKEN = 16;

    private final List<byte[]> tokens = new ArrayList<>();

    ServiceTokenFilter(StorageSettings settings) {
        tokens.add(digest(settings.serviceToken()));
        settings.formerServiceTokens().ifPresent(former -> former.forEach(token -> tokens.add(digest(token))));
        if (settings.serviceToken().length() < SHORTEST_TOKEN) {
            throw new IllegalStateException("v2f.service-token must have at least " + SHORTEST_TOKEN + " characters");
        }
    }

    @ServerRequestFilter(preMatching = true)
    void check(ContainerRequestContext request) {
        String header = request.getHeaderString(HttpHeaders.AUTHORIZATION);
        byte[] given = digest(header != null && header.startsWith(SCHEME) ? header.substring(SCHEME.length()) : "");
        boolean known = false;
        // Digests of equal length, all of them compared: the time says nothing about the token.
        for (byte[] token : tokens) {
            known |= MessageDigest.isEqual(token, given);
        }
        if (!known) {
            throw new StorageFault(
                    StorageFault.Kind.UNAUTHORISED,
                    "service_token_required",
                    "This API is for the mesh's own services.");
        }
    }

    private static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
