package io.voice2face.gateway.service;

import java.nio.charset.StandardCharsets;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.elytron.security.common.BcryptUtil;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.voice2face.gateway.config.GatewayConfig;

/** Passwords as bcrypt hashes; the work is done off the event loop. */
@ApplicationScoped
public class Passwords {
    /** bcrypt looks at no more bytes than these. */
    public static final int LONGEST_BYTES = 72;
    /** Shortest password in characters. */
    public static final int SHORTEST = 10;

    private final int cost;
    private final String nobodys;

    Passwords(GatewayConfig config) {
        this.cost = config.tokens().bcryptCost();
        this.nobodys = BcryptUtil.bcryptHash("no account has this password", cost);
    }

    /** True for a password that may be chosen. */
    public static boolean isAcceptable(String password) {
        return password.codePointCount(0, password.length()) >= SHORTEST
                && password.getBytes(StandardCharsets.UTF_8).length <= LONGEST_BYTES;
    }

    Uni<String> hash(String password) {
        return onWorker(Uni.createFrom().item(() -> BcryptUtil.bcryptHash(password, cost)));
    }

    Uni<Boolean> matches(String password, String hash) {
        return onWorker(Uni.createFrom().item(() -> BcryptUtil.matches(password, hash)));
    }

    /** Takes as long as {@link #matches} and says no: how an unknown e-mail answers like a wrong password. */
    Uni<Boolean> matchesNobody(String password) {
        return matches(password, nobodys).replaceWith(false);
    }

    private static <T> Uni<T> onWorker(Uni<T> work) {
        return work.runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }
}
