package io.voice2face.gateway.security;

/** What an account may do. */
public enum Role {
    /** Tries the service without an e-mail. */
    GUEST(Role.GUEST_NAME),
    /** Has signed up. */
    USER(Role.USER_NAME),
    /** Operates the service; sees no one's media. */
    ADMIN(Role.ADMIN_NAME);

    public static final String GUEST_NAME = "guest";
    public static final String USER_NAME = "user";
    public static final String ADMIN_NAME = "admin";

    private final String group;

    Role(String group) {
        this.group = group;
    }

    /** Name in the token's {@code groups}. */
    public String group() {
        return group;
    }
}
