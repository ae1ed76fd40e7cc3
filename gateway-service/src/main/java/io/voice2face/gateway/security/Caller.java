package io.voice2face.gateway.security;

import java.util.Optional;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.jwt.JsonWebToken;

import io.quarkus.security.identity.CurrentIdentityAssociation;
import io.smallrye.mutiny.Uni;
import io.voice2face.gateway.api.ApiProblem;
import io.voice2face.gateway.persistence.AccountRow;
import io.voice2face.gateway.persistence.Accounts;
import io.voice2face.gateway.service.Transactions;

/** The account that the current HTTP request's token speaks for. */
@ApplicationScoped
public class Caller {
    private final CurrentIdentityAssociation identity;
    private final Accounts accounts;
    private final ExternalAccounts externalAccounts;
    private final ExternalIssuer externalIssuer;
    private final Transactions transactions;

    Caller(
            CurrentIdentityAssociation identity,
            Accounts accounts,
            ExternalAccounts externalAccounts,
            ExternalIssuer externalIssuer,
            Transactions transactions) {
        this.identity = identity;
        this.accounts = accounts;
        this.externalAccounts = externalAccounts;
        this.externalIssuer = externalIssuer;
        this.transactions = transactions;
    }

    /** The caller's account; fails with 401 where there is no token, or one whose account or password is no more. */
    public Uni<AccountRow> account() {
        return accountIfAny().map(account -> account.orElseThrow(ApiProblem::unauthorized));
    }

    /** The caller's account; empty for a call without a token, 401 for one whose token is good for nothing. */
    public Uni<Optional<AccountRow>> accountIfAny() {
        return identity.getDeferredIdentity().chain(who -> {
            if (who.isAnonymous()) {
                return Uni.createFrom().item(Optional.<AccountRow>empty());
            }
            JsonWebToken token = (JsonWebToken) who.getPrincipal();
            if (externalIssuer.is(token.getIssuer())) {
                return externalAccounts
                        .account(token.getIssuer(), token.getSubject())
                        .map(Optional::of);
            }
            UUID id = subject(token);
            return transactions.read(() -> accounts.withId(id)).map(found -> {
                AccountRow account = found.orElseThrow(ApiProblem::unauthorized);
                String version = token.getClaim(Tokens.VERSION);
                if (!Integer.toString(account.tokenVersion).equals(version)) {
                    throw ApiProblem.unauthorized();
                }
                return Optional.of(account);
            });
        });
    }

    /** The caller's account, which must be an operator's; 403 otherwise. */
    public Uni<AccountRow> admin() {
        return account().invoke(account -> {
            if (account.role != Role.ADMIN) {
                throw ApiProblem.forbidden("forbidden", "This is for operators.");
            }
        });
    }

    private static UUID subject(JsonWebToken token) {
        try {
            return UUID.fromString(token.getSubject());
        } catch (IllegalArgumentException e) {
            throw ApiProblem.unauthorized();
        }
    }
}
