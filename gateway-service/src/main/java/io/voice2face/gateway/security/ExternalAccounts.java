package io.voice2face.gateway.security;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.voice2face.gateway.persistence.AccountRow;
import io.voice2face.gateway.persistence.Accounts;
import io.voice2face.gateway.service.Transactions;

/** Accounts of people who log in at the external issuer; made when one is first seen. */
@ApplicationScoped
public class ExternalAccounts {
    private static final String KNOWN = "select account_id from external_identity where issuer = ?1 and subject = ?2";
    private static final String REMEMBER =
            """
            insert into external_identity (issuer, subject, account_id) values (?1, ?2, ?3)
            on conflict (issuer, subject) do nothing
            """;

    private final Accounts accounts;
    private final Transactions transactions;

    ExternalAccounts(Accounts accounts, Transactions transactions) {
        this.accounts = accounts;
        this.transactions = transactions;
    }

    /** Account of a subject of an issuer. */
    public Uni<AccountRow> account(String issuer, String subject) {
        return transactions
                .read(() -> known(issuer, subject))
                .chain(found -> found.isPresent()
                        ? Uni.createFrom().item(found.get())
                        : transactions.run(() -> make(issuer, subject)));
    }

    private Uni<Optional<AccountRow>> known(String issuer, String subject) {
        return Panache.getSession()
                .chain(session -> session.createNativeQuery(KNOWN, UUID.class)
                        .setParameter(1, issuer)
                        .setParameter(2, subject)
                        .getSingleResultOrNull())
                .chain(id -> id == null ? Uni.createFrom().item(Optional.empty()) : accounts.withId(id));
    }

    /** Two calls may see a person first at the same time: the second waits for the first and takes its account. */
    private Uni<AccountRow> make(String issuer, String subject) {
        AccountRow account = new AccountRow();
        account.id = UUID.randomUUID();
        account.role = Role.USER;
        account.createdAt = Instant.now().truncatedTo(ChronoUnit.MICROS);
        return accounts.persistAndFlush(account)
                .chain(Panache::getSession)
                .chain(session -> session.createNativeQuery(REMEMBER)
                        .setParameter(1, issuer)
                        .setParameter(2, subject)
                        .setParameter(3, account.id)
                        .executeUpdate())
                .chain(made -> made == 1
                        ? Uni.createFrom().item(account)
                        : accounts.erase(account.id)
                                .chain(() -> known(issuer, subject))
                                .map(Optional::orElseThrow));
    }
}
