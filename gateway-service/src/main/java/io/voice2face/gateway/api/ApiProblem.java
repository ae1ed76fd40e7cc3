package io.voice2face.gateway.api;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A refusal that ends as a problem document (RFC 9457). */
public class ApiProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String reason;
    private final List<FieldError> errors;
    private final Map<String, Object> members;
    private final Optional<Duration> retryAfter;

    /**
     * A field that is not as it must be.
     *
     * @param field name of the form field, the header or the JSON path
     * @param reason code that a program can branch on
     * @param detail sentence for the person
     */
    public record FieldError(String field, String reason, String detail) {}

    private ApiProblem(
            int status,
            String reason,
            String detail,
            List<FieldError> errors,
            Map<String, Object> members,
            Optional<Duration> retryAfter) {
        super(detail, null, false, false);
        this.status = status;
        this.reason = reason;
        this.errors = List.copyOf(errors);
        this.members = Map.copyOf(members);
        this.retryAfter = retryAfter;
    }

    /** Any problem. */
    public static ApiProblem of(int status, String reason, String detail) {
        return new ApiProblem(status, reason, detail, List.of(), Map.of(), Optional.empty());
    }

    /** 400: fields are not as they must be. */
    public static ApiProblem invalid(List<FieldError> errors) {
        return new ApiProblem(
                400,
                "invalid_input",
                errors.size() == 1 ? errors.get(0).detail() : "Some fields are not as they must be.",
                errors,
                Map.of(),
                Optional.empty());
    }

    /** 400: a field is not as it must be. */
    public static ApiProblem invalid(String field, String reason, String detail) {
        return invalid(List.of(new FieldError(field, reason, detail)));
    }

    /** 401: no token, or one that is good for nothing. */
    public static ApiProblem unauthorized() {
        return of(401, "unauthorized", "A valid access token is needed.");
    }

    /** 403. */
    public static ApiProblem forbidden(String reason, String detail) {
        return of(403, reason, detail);
    }

    /** 404: there is no such thing, or it is another person's. */
    public static ApiProblem notFound() {
        return of(404, "not_found", "There is nothing here.");
    }

    /** 413. */
    public static ApiProblem tooLarge(String field, long limitBytes) {
        return of(413, "too_large", "The %s is larger than %d bytes.".formatted(field, limitBytes))
                .with("limitBytes", limitBytes);
    }

    /** Adds a member to the document. */
    public ApiProblem with(String member, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(members);
        more.put(member, value);
        return new ApiProblem(status, reason, getMessage(), errors, more, retryAfter);
    }

    /** Says when to ask again. */
    public ApiProblem retryAfter(Duration wait) {
        return new ApiProblem(status, reason, getMessage(), errors, members, Optional.of(wait));
    }

    /** HTTP status. */
    public int status() {
        return status;
    }

    /** Code that a program can branch on; the end of the document's {@code type}. */
    public String reason() {
        return reason;
    }

    /** Fields that are not as they must be. */
    public List<FieldError> errors() {
        return errors;
    }

    /** Further members of the document. */
    public Map<String, Object> members() {
        return members;
    }

    /** When to ask again. */
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
