package io.voice2face.gateway.domain;

import java.util.Map;

/**
 * Why something ended without its product.
 *
 * @param reason snake_case code that a program can branch on
 * @param message sentence for the person
 * @param details values behind the message
 */
public record Failure(String reason, String message, Map<String, Object> details) {
    /** The person changed their mind. */
    public static final Failure CANCELLED =
            new Failure("cancelled", "The request was cancelled before it was finished.", Map.of());

    /** Nothing was heard of the job for longer than the operator allows. */
    public static final Failure STALLED = new Failure(
            "stalled", "The work on this request stopped without a result; please start it again.", Map.of());

    public Failure {
        details = Map.copyOf(details);
    }
}
