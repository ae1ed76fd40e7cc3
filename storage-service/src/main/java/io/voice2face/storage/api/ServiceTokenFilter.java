package io.voice2face.storage.api;

import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;

import org.jboss.resteasy.reactive.server.ServerRequestFilter;

import io.voice2face.storage.domain.StorageFault;

/** Lets only services with the service token in. */
@Singleton
class ServiceTokenFilter {
    private static final String SCHEME = "Bearer ";

    private final ServiceTokens tokens;

    ServiceTokenFilter(ServiceTokens tokens) {
        this.tokens = tokens;
    }

    @ServerRequestFilter(preMatching = true)
    void check(ContainerRequestContext request) {
        String header = request.getHeaderString(HttpHeaders.AUTHORIZATION);
        String given = header != null && header.startsWith(SCHEME) ? header.substring(SCHEME.length()) : "";
        if (!tokens.include(given)) {
            throw new StorageFault(
                    StorageFault.Kind.UNAUTHORISED,
                    "service_token_required",
                    "This API is for the mesh's own services.");
        }
    }
}
