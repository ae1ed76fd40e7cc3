package io.voice2face.gateway.security;

import java.time.Duration;
import java.util.Set;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.jwt.build.Jwt;
import io.voice2face.gateway.config.GatewayConfig;
import io.voice2face.gateway.persistence.AccountRow;

/** Makes access tokens. */
@ApplicationScoped
public class Tokens {
    /** Who the tokens are for. */
    public static final String AUDIENCE = "voice2face";
    /** Claim with the account's token version: raising it ends all tokens given out before. */
    static final String VERSION = "ver";

    private final SigningKeys keys;
    private final GatewayConfig.Tokens settings;

    Tokens(SigningKeys keys, GatewayConfig config) {
        this.keys = keys;
        this.settings = config.tokens();
    }

    /** A token and how long it holds. */
    public record Issued(String token, Duration life) {}

    /** Makes a token for an account. */
    public Issued issue(AccountRow account) {
        SigningKeys.Signing signing = keys.signing();
        Duration life = account.guest() ? settings.guestLife() : settings.life();
        String token = Jwt.claims()
                .issuer(settings.issuer())
                .audience(AUDIENCE)
                .subject(account.id.toString())
                .groups(Set.of(account.role.group()))
                .claim(VERSION, Integer.toString(account.tokenVersion))
                .expiresIn(life)
                .jws()
                .keyId(signing.kid())
                .sign(signing.key());
        return new Issued(token, life);
    }
}
