package io.voice2face.gateway.api.view;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.voice2face.contracts.event.Gender;
import io.voice2face.gateway.persistence.AccountRow;

/** An account. */
@Schema(name = "User")
public record UserView(
        UUID id,
        @Schema(description = "null for a guest") Optional<String> email,
        boolean guest,
        OptionalInt age,
        Optional<Gender> gender,
        Optional<ConsentView> consent,
        Instant createdAt,
        Quota quota) {

    /** Terms that were agreed to, and when. */
    @Schema(name = "ConsentGiven")
    public record ConsentView(String version, Instant at) {}

    /** How many requests may be unfinished or succeeded, and how many are. */
    @Schema(name = "Quota", description = "How many requests may be unfinished or succeeded, and how many are.")
    public record Quota(int limit, long used) {}

    /** View of an account. */
    public static UserView of(AccountRow account, Quota quota) {
        return new UserView(
                account.id,
                account.email(),
                account.guest(),
                account.age(),
                account.gender(),
                Optional.ofNullable(account.consentVersion).map(version -> new ConsentView(version, account.consentAt)),
                account.createdAt,
                quota);
    }
}
