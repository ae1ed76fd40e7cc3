package io.voice2face.gateway.persistence;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

import io.voice2face.contracts.event.Gender;
import io.voice2face.gateway.security.Role;

/** A person's account; a guest has no e-mail yet. */
@Entity
@Table(name = "account")
public class AccountRow {
    @Id
    public UUID id;

    public String email;

    @Column(name = "password_hash")
    public String passwordHash;

    @Enumerated(EnumType.STRING)
    public Role role;

    public Integer age;

    @Enumerated(EnumType.STRING)
    public Gender gender;

    @Column(name = "consent_version")
    public String consentVersion;

    @Column(name = "consent_at")
    public Instant consentAt;

    /** Raised when every token given out so far must stop to work. */
    @Column(name = "token_version")
    public int tokenVersion;

    @Column(name = "created_at")
    public Instant createdAt;

    /** E-mail in lower case; empty for a guest. */
    public Optional<String> email() {
        return Optional.ofNullable(email);
    }

    /** Stated age in years. */
    public OptionalInt age() {
        return age == null ? OptionalInt.empty() : OptionalInt.of(age);
    }

    /** Stated gender. */
    public Optional<Gender> gender() {
        return Optional.ofNullable(gender);
    }

    /** True until the account has an e-mail. */
    public boolean guest() {
        return role == Role.GUEST;
    }
}
