package io.voice2face.gateway.service;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Consumer;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.event.Gender;
import io.voice2face.gateway.api.ApiProblem;
import io.voice2face.gateway.api.view.UserView;
import io.voice2face.gateway.config.GatewayConfig;
import io.voice2face.gateway.messaging.OutboxRelay;
import io.voice2face.gateway.persistence.AccountRow;
import io.voice2face.gateway.persistence.Accounts;
import io.voice2face.gateway.persistence.Requests;
import io.voice2face.gateway.security.Role;

/** Accounts: guests, sign-up, log-in, profile, deletion. */
@ApplicationScoped
public class AccountService {
    /** How many may share a network address, and from how many a person may be attacked before all have to wait. */
    private static final int PEOPLE_BEHIND_AN_ADDRESS = 10;

    private static final int ADDRESSES_OF_A_PERSON = 10;
    private static final Duration GUEST_WINDOW = Duration.ofHours(1);

    private final Transactions transactions;
    private final Accounts accounts;
    private final Requests requests;
    private final RequestEndings endings;
    private final Quota quota;
    private final Passwords passwords;
    private final Throttle throttle;
    private final OutboxRelay relay;
    private final GatewayConfig config;

    AccountService(
            Transactions transactions,
            Accounts accounts,
            Requests requests,
            RequestEndings endings,
            Quota quota,
            Passwords passwords,
            Throttle throttle,
            OutboxRelay relay,
            GatewayConfig config) {
        this.transactions = transactions;
        this.accounts = accounts;
        this.requests = requests;
        this.endings = endings;
        this.quota = quota;
        this.passwords = passwords;
        this.throttle = throttle;
        this.relay = relay;
        this.config = config;
    }

    /** What a new account says of itself. */
    public record SignUp(
            String email, String password, OptionalInt age, Optional<Gender> gender, String consentVersion) {}

    /**
     * Opens an account, or turns the caller's guest account into one, with its requests. Where the e-mail is taken nothing
     * is done, and nothing is said: whoever asks must not learn who has an account here. The same work is done either way.
     */
    public Uni<Void> signUp(SignUp wish, Optional<AccountRow> caller, String address) {
        if (caller.isPresent() && !caller.get().guest()) {
            throw ApiProblem.of(409, "already_signed_up", "This token belongs to an account already.");
        }
        String email = wish.email().strip().toLowerCase(Locale.ROOT);
        return throttled("sign-up/" + address, config.limits().signUpsPerHour())
                .chain(() -> throttled("sign-up/" + email, config.tokens().throttleFailures()))
                .chain(() -> passwords.hash(wish.password()))
                .chain(hash -> transactions.run(() -> {
                    Uni<AccountRow> account = caller.isPresent()
                            ? accounts.locked(caller.get().id).map(found -> found.orElseThrow(ApiProblem::unauthorized))
                            : accounts.persist(newAccount(Role.USER));
                    return account.invoke(row -> {
                                row.role = Role.USER;
                                row.email = email;
                                row.passwordHash = hash;
                                wish.age().ifPresent(age -> row.age = age);
                                wish.gender().ifPresent(gender -> row.gender = gender);
                                row.consentVersion = wish.consentVersion();
                                row.consentAt = now();
                            })
                            .call(accounts::flush);
                }))
                .replaceWithVoid()
                .onFailure(AccountService::isEmailTaken)
                .recoverWithNull();
    }

    /** Opens a guest account. */
    public Uni<AccountRow> guest(Optional<String> consentVersion, String address) {
        return throttled("guest/" + address, config.limits().guestsPerHour())
                .chain(() -> transactions.run(() -> {
                    AccountRow account = newAccount(Role.GUEST);
                    consentVersion.ifPresent(version -> {
                        account.consentVersion = version;
                        account.consentAt = now();
                    });
                    return accounts.persist(account);
                }));
    }

    /**
     * Account with this e-mail and password; 401 without saying which of them is wrong, 429 after too many tries. Who
     * guesses shuts out the own address long before the person whose e-mail it is.
     */
    public Uni<AccountRow> logIn(String givenEmail, String password, String address) {
        String email = givenEmail.strip().toLowerCase(Locale.ROOT);
        Throttle.Allowance here = tries("log-in/" + email + "/" + address, 1);
        Throttle.Allowance anywhere = tries("log-in/" + email, ADDRESSES_OF_A_PERSON);
        Throttle.Allowance anybody = tries("log-in/" + address, PEOPLE_BEHIND_AN_ADDRESS);
        return throttle.take(here, anywhere, anybody)
                .chain(() -> transactions.read(() -> accounts.withEmail(email)))
                .chain(found -> found.filter(account -> account.passwordHash != null)
                        .map(account -> passwords.matches(password, account.passwordHash))
                        .orElseGet(() -> passwords.matchesNobody(password))
                        .chain(right -> right
                                ? throttle.giveBack(here, anywhere, anybody).replaceWith(found::orElseThrow)
                                : Uni.createFrom()
                                        .failure(ApiProblem.of(
                                                401, "wrong_credentials", "E-mail or password is wrong."))));
    }

    private Throttle.Allowance tries(String subject, int times) {
        return new Throttle.Allowance(
                subject,
                config.tokens().throttleFailures() * times,
                config.tokens().throttleWindow());
    }

    /** Changes of a profile; what is empty stays. */
    public record ProfileChange(OptionalInt age, Optional<Gender> gender) {}

    /** Changes a profile. */
    public Uni<AccountRow> change(UUID id, ProfileChange change) {
        return changed(id, account -> {
            change.age().ifPresent(age -> account.age = age);
            change.gender().ifPresent(gender -> account.gender = gender);
        });
    }

    /** Changes the password; every token given out before stops to work. */
    public Uni<AccountRow> changePassword(AccountRow account, String current, String wanted, String address) {
        if (account.passwordHash == null) {
            throw ApiProblem.of(409, "guest_has_no_password", "A guest has no password; sign up first.");
        }
        Throttle.Allowance own = tries("password/" + account.id, 1);
        Throttle.Allowance anybody = tries("password/" + address, PEOPLE_BEHIND_AN_ADDRESS);
        return throttle.take(own, anybody)
                .chain(() -> passwords.matches(current, account.passwordHash))
                .chain(right -> right
                        ? throttle.giveBack(own, anybody)
                                .chain(() -> passwords.hash(wanted))
                                .chain(hash -> changed(account.id, row -> {
                                    row.passwordHash = hash;
                                    row.tokenVersion++;
                                }))
                        : Uni.createFrom()
                                .failure(ApiProblem.of(403, "wrong_password", "The current password is wrong.")));
    }

    /** Ends every token of an account. */
    public Uni<AccountRow> endTokens(UUID id) {
        return changed(id, row -> row.tokenVersion++);
    }

    /** Erases an account with everything of it: requests are announced as erased, rows are deleted. */
    public Uni<Void> delete(UUID id) {
        Trace trace = Trace.current();
        return transactions
                .run(() -> accounts.locked(id)
                        .map(found -> found.orElseThrow(ApiProblem::unauthorized))
                        .chain(account -> requests.of(id)
                                .chain(own -> Multi.createFrom()
                                        .iterable(own)
                                        .onItem()
                                        .transformToUniAndConcatenate(request -> requests.locked(request.id)
                                                .chain(locked -> locked.isPresent()
                                                        ? endings.erase(locked.get(), trace)
                                                        : Uni.createFrom().voidItem()))
                                        .collect()
                                        .last())
                                .chain(() -> Panache.getSession().chain(session -> session.flush()))
                                .chain(() -> accounts.erase(account.id))))
                .invoke(relay::wake);
    }

    /** What a client sees of an account. */
    public Uni<UserView> view(AccountRow account) {
        return quota.used(account.id).map(used -> UserView.of(account, new UserView.Quota(quota.limit(), used)));
    }

    private Uni<AccountRow> changed(UUID id, Consumer<AccountRow> change) {
        return transactions.run(() -> accounts.locked(id)
                .map(found -> found.orElseThrow(ApiProblem::unauthorized))
                .invoke(change));
    }

    private Uni<Void> throttled(String subject, int most) {
        return throttle.take(new Throttle.Allowance(subject, most, GUEST_WINDOW));
    }

    private static AccountRow newAccount(Role role) {
        AccountRow account = new AccountRow();
        account.id = UUID.randomUUID();
        account.role = role;
        account.createdAt = now();
        return account;
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }

    private static boolean isEmailTaken(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null && cause.getMessage().contains("account_email_key")) {
                return true;
            }
        }
        return false;
    }
}
