package io.voice2face.gateway.mesh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.lang.JoseException;

import com.sun.net.httpserver.HttpServer;

/** An OpenID Connect issuer: a discovery document, published keys, and tokens signed with them. */
public final class Issuer implements AutoCloseable {
    /** Audience that the gateway of the tests expects. */
    public static final String AUDIENCE = "voice2face-of-the-tests";

    private static final int KEY_BITS = 2048;

    private final HttpServer server;
    private final AtomicInteger askedForKeys = new AtomicInteger();
    private volatile RsaJsonWebKey key = newKey("first");

    Issuer() {
        try {
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        serve("/issuer/.well-known/openid-configuration", () -> "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}"
                .formatted(url(), url()));
        serve("/issuer/keys", () -> {
            askedForKeys.incrementAndGet();
            return new JsonWebKeySet(key).toJson();
        });
        server.start();
    }

    private void serve(String path, java.util.function.Supplier<String> body) {
        server.createContext(path, exchange -> {
            byte[] bytes = body.get().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, bytes.length);
            try (var out = exchange.getResponseBody()) {
                out.write(bytes);
            }
        });
    }

    /** What its tokens have in {@code iss}. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/issuer";
    }

    /** How often its keys were asked for. */
    public int askedForKeys() {
        return askedForKeys.get();
    }

    /** Signs with a new key from now on, and publishes that alone. */
    public void rotate(String kid) {
        key = newKey(kid);
    }

    /** A good token of a subject, after some changes. */
    public String token(String subject, Consumer<JwtClaims> changes) {
        return sign(subject, changes, key);
    }

    /** A token whose key was never published. */
    public String tokenOfAnUnknownKey(String subject) {
        return sign(subject, claims -> {}, newKey("never-published"));
    }

    private String sign(String subject, Consumer<JwtClaims> changes, RsaJsonWebKey with) {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(url());
        claims.setAudience(AUDIENCE);
        claims.setSubject(subject);
        claims.setIssuedAtToNow();
        claims.setExpirationTimeMinutesInTheFuture(10);
        claims.setStringClaim("groups", "admin");
        changes.accept(claims);
        JsonWebSignature token = new JsonWebSignature();
        token.setPayload(claims.toJson());
        token.setKey(with.getPrivateKey());
        token.setKeyIdHeaderValue(with.getKeyId());
        token.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
        try {
            return token.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RsaJsonWebKey newKey(String kid) {
        try {
            RsaJsonWebKey made = RsaJwkGenerator.generateJwk(KEY_BITS);
            made.setKeyId(kid);
            return made;
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
