package io.voice2face.gateway.service;

import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jboss.logging.Logger;

import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.voice2face.gateway.config.GatewayConfig;
import io.voice2face.gateway.persistence.AccountRow;
import io.voice2face.gateway.persistence.Accounts;
import io.voice2face.gateway.security.Role;

/** Makes the operator's account at start, or gives it the password of the configuration. */
@ApplicationScoped
public class OperatorAccount {
    private static final Logger LOG = Logger.getLogger(OperatorAccount.class);

    private final Transactions transactions;
    private final Accounts accounts;
    private final Passwords passwords;
    private final GatewayConfig.Admin settings;

    OperatorAccount(Transactions transactions, Accounts accounts, Passwords passwords, GatewayConfig config) {
        this.transactions = transactions;
        this.accounts = accounts;
        this.passwords = passwords;
        this.settings = config.admin();
    }

    void start(@Observes StartupEvent event) {
        if (settings.email().isEmpty() || settings.password().isEmpty()) {
            return;
        }
        String email = settings.email().get().toLowerCase(Locale.ROOT);
        if (!Passwords.isAcceptable(settings.password().get())) {
            throw new IllegalStateException("v2f.admin.password has to have at least " + Passwords.SHORTEST
                    + " characters and at most " + Passwords.LONGEST_BYTES + " bytes");
        }
        ensure(email, settings.password().get())
                .subscribe()
                .with(
                        done -> LOG.infof("operator's account: %s", email),
                        failure -> LOG.errorf("the operator's account was not made: %s", failure.getMessage()));
    }

    private Uni<AccountRow> ensure(String email, String password) {
        return passwords
                .hash(password)
                .chain(hash -> transactions.run(() -> accounts.withEmail(email).chain(found -> {
                    AccountRow account = found.orElseGet(() -> {
                        AccountRow made = new AccountRow();
                        made.id = UUID.randomUUID();
                        made.createdAt = Instant.now();
                        made.email = email;
                        return made;
                    });
                    if (account.role != Role.ADMIN) {
                        // whoever opened an account with this e-mail before must not become an operator by it
                        account.tokenVersion++;
                    }
                    account.role = Role.ADMIN;
                    account.passwordHash = hash;
                    return accounts.persist(account);
                })));
    }
}
