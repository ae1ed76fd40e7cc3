package io.voice2face.embedded;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Secrets that are made up on the spot. */
public final class Secrets {
    private Secrets() {}

    /** Random bytes in lower-case hex. */
    public static String hex(int bytes) {
        byte[] random = new byte[bytes];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }
}
