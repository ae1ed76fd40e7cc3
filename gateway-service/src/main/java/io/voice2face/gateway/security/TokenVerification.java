package io.voice2face.gateway.security;

import java.security.Key;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;

import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwx.JsonWebStructure;
import org.jose4j.lang.UnresolvableKeyException;

import io.smallrye.jwt.auth.principal.DefaultJWTCallerPrincipal;
import io.smallrye.jwt.auth.principal.JWTAuthContextInfo;
import io.smallrye.jwt.auth.principal.JWTCallerPrincipal;
import io.smallrye.jwt.auth.principal.JWTCallerPrincipalFactory;
import io.smallrye.jwt.auth.principal.ParseException;
import io.voice2face.gateway.config.GatewayConfig;

/** Verifies tokens with the key that their {@code kid} names, out of a folder that may change while the service runs. */
@Alternative
@Priority(1)
@ApplicationScoped
public class TokenVerification extends JWTCallerPrincipalFactory {
    private static final int CLOCK_SKEW_SECONDS = 10;

    private final SigningKeys keys;
    private final JwtConsumer consumer;

    TokenVerification(SigningKeys keys, GatewayConfig config) {
        this.keys = keys;
        this.consumer = new JwtConsumerBuilder()
                .setJwsAlgorithmConstraints(
                        AlgorithmConstraints.ConstraintType.PERMIT, AlgorithmIdentifiers.RSA_USING_SHA256)
                .setVerificationKeyResolver((signature, nesting) -> key(signature))
                .setExpectedIssuer(config.tokens().issuer())
                .setExpectedAudience(Tokens.AUDIENCE)
                .setRequireExpirationTime()
                .setRequireSubject()
                .setAllowedClockSkewInSeconds(CLOCK_SKEW_SECONDS)
                .build();
    }

    @Override
    public JWTCallerPrincipal parse(String token, JWTAuthContextInfo ignored) throws ParseException {
        try {
            var context = consumer.process(token);
            String type = context.getJoseObjects().stream()
                    .map(JsonWebStructure::getHeader)
                    .findFirst()
                    .orElse("JWT");
            return new DefaultJWTCallerPrincipal(token, type, context.getJwtClaims());
        } catch (InvalidJwtException e) {
            throw new ParseException("the token is not valid", e);
        }
    }

    private Key key(JsonWebSignature signature) throws UnresolvableKeyException {
        String kid = signature.getKeyIdHeaderValue();
        if (kid == null) {
            throw new UnresolvableKeyException("the token names no key");
        }
        return keys.verifying(kid)
                .orElseThrow(() -> new UnresolvableKeyException("the token's key is not one of ours"));
    }
}
