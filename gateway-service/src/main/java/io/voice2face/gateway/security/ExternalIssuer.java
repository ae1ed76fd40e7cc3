package io.voice2face.gateway.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import jakarta.enterprise.context.ApplicationScoped;

import org.jose4j.http.Get;
import org.jose4j.http.SimpleGet;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.HttpsJwks;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwt.consumer.JwtContext;
import org.jose4j.keys.resolvers.HttpsJwksVerificationKeyResolver;
import org.jose4j.lang.JoseException;

import io.voice2face.gateway.config.GatewayConfig;

/**
 * The OpenID Connect issuer that the operator has named, if any: its tokens are as good as ours. Its keys are fetched when
 * they are first needed, again when a token names a new one, and kept in between.
 */
@ApplicationScoped
public class ExternalIssuer {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration KEEP_KEYS = Duration.ofMinutes(10);
    /** Tokens with made-up key ids must not make us ask the issuer for each of them. */
    private static final Duration ASK_AT_MOST_EVERY = Duration.ofSeconds(5);

    private static final String DISCOVERY = "/.well-known/openid-configuration";

    private final Optional<String> issuer;
    private final Optional<URI> jwks;
    private final String audience;
    private final Get http;
    private volatile Optional<JwtConsumer> consumer = Optional.empty();

    ExternalIssuer(GatewayConfig config) {
        this.issuer = config.oidc().issuer();
        this.jwks = config.oidc().jwks();
        this.audience = config.oidc().audience();
        if (issuer.filter(config.tokens().issuer()::equals).isPresent()) {
            throw new IllegalStateException("v2f.oidc.issuer must not be the issuer of our own tokens");
        }
        this.http = new Get();
        http.setConnectTimeout((int) PATIENCE.toMillis());
        http.setReadTimeout((int) PATIENCE.toMillis());
        http.setRetries(1);
    }

    /** True for the issuer that was named. */
    public boolean is(String name) {
        return issuer.filter(known -> known.equals(name)).isPresent();
    }

    /** Verifies a token of this issuer. May block while keys are fetched. What it says of groups means nothing here. */
    JwtContext verify(String token) throws InvalidJwtException {
        JwtContext verified = consumer().process(token);
        verified.getJwtClaims().unsetClaim("groups");
        return verified;
    }

    private JwtConsumer consumer() {
        if (consumer.isEmpty()) {
            // one asks the issuer, the others wait for what it says
            synchronized (http) {
                if (consumer.isEmpty()) {
                    consumer = Optional.of(consumer(jwks.orElseGet(this::discovered)));
                }
            }
        }
        return consumer.get();
    }

    private JwtConsumer consumer(URI keys) {
        HttpsJwks source = new HttpsJwks(keys.toString());
        source.setSimpleHttpGet(http);
        source.setDefaultCacheDuration(KEEP_KEYS.toSeconds());
        source.setRefreshReprieveThreshold(ASK_AT_MOST_EVERY.toMillis());
        source.setRetainCacheOnErrorDuration(TimeUnit.HOURS.toSeconds(1));
        return new JwtConsumerBuilder()
                .setJwsAlgorithmConstraints(
                        AlgorithmConstraints.ConstraintType.PERMIT,
                        AlgorithmIdentifiers.RSA_USING_SHA256,
                        AlgorithmIdentifiers.RSA_USING_SHA384,
                        AlgorithmIdentifiers.RSA_USING_SHA512,
                        AlgorithmIdentifiers.RSA_PSS_USING_SHA256,
                        AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
                        AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384)
                .setVerificationKeyResolver(new HttpsJwksVerificationKeyResolver(source))
                .setExpectedIssuer(issuer.orElseThrow())
                .setExpectedAudience(audience)
                .setRequireExpirationTime()
                .setRequireSubject()
                .setAllowedClockSkewInSeconds(TokenVerification.CLOCK_SKEW_SECONDS)
                .build();
    }

    private URI discovered() {
        String place = issuer.orElseThrow().replaceAll("/+$", "") + DISCOVERY;
        try {
            Map<String, Object> document =
                    JsonUtil.parseJson(((SimpleGet) http).get(place).getBody());
            return URI.create(String.valueOf(document.get("jwks_uri")));
        } catch (IOException e) {
            throw new UncheckedIOException(place + " cannot be read", e);
        } catch (JoseException e) {
            throw new IllegalStateException(place + " is no JSON", e);
        }
    }
}
