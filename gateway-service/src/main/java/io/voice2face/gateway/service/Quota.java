package io.voice2face.gateway.service;

import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Uni;
import io.voice2face.gateway.api.ApiProblem;
import io.voice2face.gateway.config.GatewayConfig;
import io.voice2face.gateway.persistence.Requests;

/** How many requests a person may have that are unfinished or came to something. */
@ApplicationScoped
public class Quota {
    private final Transactions transactions;
    private final Requests requests;
    private final int limit;

    Quota(Transactions transactions, Requests requests, GatewayConfig config) {
        this.transactions = transactions;
        this.requests = requests;
        this.limit = config.limits().quota();
    }

    /** Most requests that may count. */
    public int limit() {
        return limit;
    }

    /** How many requests of a person count against the quota. */
    public Uni<Long> used(UUID owner) {
        return transactions.read(() -> requests.counted(owner));
    }

    /** Fails with 429 and the numbers where there is no room for a further request. */
    public Uni<Void> requireRoomNow(UUID owner) {
        return transactions.read(() -> requireRoom(owner));
    }

    /** Fails with 429 and the numbers where there is no room for a further request; inside a session. */
    Uni<Void> requireRoom(UUID owner) {
        return requests.counted(owner)
                .invoke(used -> {
                    if (used >= limit) {
                        throw ApiProblem.of(
                                        429,
                                        "quota_exceeded",
                                        "%d of %d requests are in use; delete one to make room.".formatted(used, limit))
                                .with("limit", limit)
                                .with("used", used);
                    }
                })
                .replaceWithVoid();
    }
}
