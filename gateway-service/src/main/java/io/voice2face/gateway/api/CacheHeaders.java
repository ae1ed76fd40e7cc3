package io.voice2face.gateway.api;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.HttpHeaders;

import org.jboss.resteasy.reactive.server.ServerResponseFilter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Says of every answer whether it may be kept: not at all, unless the resource says otherwise or is
 * {@linkplain Revalidated revalidated}.
 */
@Singleton
public class CacheHeaders {
    private static final int TAG_BYTES = 16;

    private final ObjectMapper json;

    CacheHeaders(ObjectMapper json) {
        this.json = json;
    }

    @Revalidated
    @ServerResponseFilter(priority = 1)
    void tag(ContainerRequestContext call, ContainerResponseContext answer) throws JsonProcessingException {
        if (answer.getStatus() != 200 || !answer.hasEntity()) {
            return;
        }
        String tag = "\"" + hash(json.writeValueAsBytes(answer.getEntity())) + "\"";
        boolean personal = call.getHeaderString(HttpHeaders.AUTHORIZATION) != null
                || call.getCookies().containsKey(TokensResource.SESSION);
        answer.getHeaders().putSingle(HttpHeaders.ETAG, tag);
        answer.getHeaders().putSingle(HttpHeaders.CACHE_CONTROL, personal ? "private, no-cache" : "no-cache");
        if (isKnown(tag, call.getHeaderString(HttpHeaders.IF_NONE_MATCH))) {
            answer.setStatus(304);
            answer.setEntity(null);
        }
    }

    @ServerResponseFilter(priority = 2)
    void keepNothing(ContainerResponseContext answer) {
        if (!answer.getHeaders().containsKey(HttpHeaders.CACHE_CONTROL)) {
            answer.getHeaders().putSingle(HttpHeaders.CACHE_CONTROL, "no-store");
        }
    }

    private static boolean isKnown(String tag, String ifNoneMatch) {
        return ifNoneMatch != null
                && Arrays.stream(ifNoneMatch.split(","))
                        .map(each -> each.strip().replaceFirst("^W/", ""))
                        .anyMatch(each -> each.equals(tag) || each.equals("*"));
    }

    private static String hash(byte[] body) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
            return HexFormat.of().formatHex(hash, 0, TAG_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
