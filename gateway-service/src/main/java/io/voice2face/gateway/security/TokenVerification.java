package io.voice2face.gateway.security;

import java.io.UncheckedIOException;
import java.security.Key;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;

import org.jboss.logging.Logger;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.MalformedClaimException;
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

/**
 * Verifies our own tokens with the key that their {@code kid} names, out of a folder that may change while the service
 * runs, and those of the external issuer with its published keys.
 */
@Alternative
@Priority(1)
@ApplicationScoped
public class TokenVerification extends JWTCallerPrincipalFactory {
    static final int CLOCK_SKEW_SECONDS = 10;

    private static final Logger LOG = Logger.getLogger(TokenVerification.class);

    private final SigningKeys keys;
    private final ExternalIssuer externalIssuer;
    private final JwtConsumer consumer;
    /** Reads whose a token says it is, and believes nothing of it. */
    private final JwtConsumer unverified = new JwtConsumerBuilder()
            .setSkipAllValidators()
            .setDisableRequireSignature()
            .setSkipSignatureVerification()
            .build();

    TokenVerification(SigningKeys keys, ExternalIssuer externalIssuer, GatewayConfig config) {
        this.keys = keys;
        this.externalIssuer = externalIssuer;
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
            String issuer = unverified.processToClaims(token).getIssuer();
            var context = externalIssuer.is(issuer) ? externalIssuer.verify(token) : consumer.process(token);
            String type = context.getJoseObjects().stream()
                    .map(JsonWebStructure::getHeader)
                    .findFirst()
                    .orElse("JWT");
            return new DefaultJWTCallerPrincipal(token, type, context.getJwtClaims());
        } catch (InvalidJwtException | MalformedClaimException e) {
            throw new ParseException("the token is not valid", e);
        } catch (UncheckedIOException | IllegalStateException e) {
            LOG.warnf("the external issuer's tokens cannot be verified: %s", e.getMessage());
            throw new ParseException("the issuer does not answer", e);
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
