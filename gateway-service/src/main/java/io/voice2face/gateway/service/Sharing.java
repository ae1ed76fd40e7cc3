package io.voice2face.gateway.service;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.event.JobState;
import io.voice2face.gateway.api.ApiProblem;
import io.voice2face.gateway.config.GatewayConfig;
import io.voice2face.gateway.persistence.Requests;
import io.voice2face.gateway.persistence.ResultRow;
import io.voice2face.gateway.persistence.Results;
import io.voice2face.gateway.persistence.ShareLinkRow;
import io.voice2face.gateway.persistence.ShareLinks;

/** Links that open one result to whoever has them, until they expire or are revoked. */
@ApplicationScoped
public class Sharing {
    private static final int TOKEN_BYTES = 24;

    private final Transactions transactions;
    private final Requests requests;
    private final Results results;
    private final ShareLinks links;
    private final GatewayConfig config;
    private final SecureRandom random = new SecureRandom();

    Sharing(Transactions transactions, Requests requests, Results results, ShareLinks links, GatewayConfig config) {
        this.transactions = transactions;
        this.requests = requests;
        this.results = results;
        this.links = links;
        this.config = config;
    }

    /**
     * A link that was just made: the only time that its token is known.
     *
     * @param token 32 characters that open the result
     */
    public record NewLink(UUID id, String token, Instant expiresAt) {}

    /** Opens a result that came to something. */
    public Uni<NewLink> share(UUID owner, UUID requestId, UUID resultId, Duration life) {
        return transactions.run(() -> owned(owner, requestId, resultId).chain(result -> {
            if (result.state != JobState.SUCCEEDED && result.state != JobState.PARTIAL) {
                throw ApiProblem.of(409, "nothing_to_share", "The result is not there yet.");
            }
            Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
            return links.count("resultId = ?1 and expiresAt > ?2", resultId, now)
                    .chain(open -> {
                        if (open >= config.limits().shareLinks()) {
                            throw ApiProblem.of(409, "too_many_links", "There are too many open links to this result.")
                                    .with("limit", config.limits().shareLinks());
                        }
                        byte[] bytes = new byte[TOKEN_BYTES];
                        random.nextBytes(bytes);
                        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
                        ShareLinkRow row = new ShareLinkRow();
                        row.id = UUID.randomUUID();
                        row.resultId = resultId;
                        row.tokenHash = hash(token);
                        row.createdAt = now;
                        row.expiresAt = now.plus(life);
                        return links.persist(row).replaceWith(new NewLink(row.id, token, row.expiresAt));
                    });
        }));
    }

    /** Open links to a result. */
    public Uni<List<ShareLinkRow>> list(UUID owner, UUID requestId, UUID resultId) {
        return transactions.read(() -> owned(owner, requestId, resultId)
                .chain(() ->
                        links.list("resultId = ?1 and expiresAt > ?2 order by createdAt", resultId, Instant.now())));
    }

    /** Closes a link at once. */
    public Uni<Void> revoke(UUID owner, UUID requestId, UUID resultId, UUID linkId) {
        return transactions.run(() -> owned(owner, requestId, resultId)
                .chain(() -> links.delete("id = ?1 and resultId = ?2", linkId, resultId))
                .invoke(deleted -> {
                    if (deleted == 0) {
                        throw ApiProblem.notFound();
                    }
                })
                .replaceWithVoid());
    }

    /** Result behind a token; 404 for one that never was, has expired or is revoked. */
    public Uni<ResultRow> open(String token) {
        return transactions.read(() -> links.find("tokenHash = ?1 and expiresAt > ?2", hash(token), Instant.now())
                .firstResult()
                .chain(link -> {
                    if (link == null) {
                        throw ApiProblem.notFound();
                    }
                    return results.findById(link.resultId);
                })
                .map(result -> java.util.Optional.ofNullable(result).orElseThrow(ApiProblem::notFound)));
    }

    private Uni<ResultRow> owned(UUID owner, UUID requestId, UUID resultId) {
        return requests.owned(requestId, owner)
                .map(found -> found.orElseThrow(ApiProblem::notFound))
                .chain(() -> results.of(requestId, resultId))
                .map(found -> found.orElseThrow(ApiProblem::notFound));
    }

    private static String hash(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
