package io.voice2face.gateway.api;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;

import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.voice2face.storage.client.StorageClient;
import io.voice2face.storage.client.StorageException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;

/** Turns every failure into {@code application/problem+json}, and tells a client nothing of what went wrong inside. */
@Singleton
public class ProblemMapping {
    /** Media type of problem documents. */
    public static final String MEDIA_TYPE = "application/problem+json";
    /** What the {@code type} of every problem begins with. */
    public static final String TYPE_BASE = "https://voice2face.example/problems/";

    private static final Logger LOG = Logger.getLogger(ProblemMapping.class);
    private static final long OUTAGE_RETRY_SECONDS = 5;
    private static final String FORM_PARSER = "org.jboss.resteasy.reactive.server.core.multipart.";

    private final ObjectMapper json;
    private final OfferedMethods offered;

    ProblemMapping(ObjectMapper json, OfferedMethods offered) {
        this.json = json;
        this.offered = offered;
    }

    /** What never reaches a resource: too large bodies, unknown paths, malformed HTTP. */
    void routes(@Observes Router router) {
        for (int status : new int[] {400, 404, 405, 406, 413, 414, 415, 431, 500}) {
            router.errorHandler(status, context -> answer(context, status));
        }
    }

    @ServerExceptionMapper
    Response problem(ApiProblem problem) {
        return response(problem);
    }

    @ServerExceptionMapper({UnauthorizedException.class, AuthenticationFailedException.class})
    Response unauthenticated() {
        return response(ApiProblem.unauthorized());
    }

    @ServerExceptionMapper
    Response forbidden(ForbiddenException failure) {
        return response(ApiProblem.forbidden("forbidden", "This is not for you."));
    }

    @ServerExceptionMapper
    Response invalid(ConstraintViolationException failure) {
        List<ApiProblem.FieldError> errors = failure.getConstraintViolations().stream()
                .map(violation -> new ApiProblem.FieldError(
                        field(violation.getPropertyPath()), code(violation), violation.getMessage()))
                .sorted(java.util.Comparator.comparing(ApiProblem.FieldError::field))
                .toList();
        return response(ApiProblem.invalid(errors));
    }

    @ServerExceptionMapper
    Response unreadable(JsonProcessingException failure) {
        String field = failure instanceof JsonMappingException mapping
                ? mapping.getPath().stream()
                        .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
                        .reduce((before, next) -> before + "." + next)
                        .orElse("body")
                : "body";
        return response(ApiProblem.invalid(field, "unreadable", "This is not JSON of the expected shape."));
    }

    /** More exact than Quarkus' own mapper, which would answer with something else than a problem. */
    @ServerExceptionMapper
    Response mismatched(MismatchedInputException failure) {
        return unreadable(failure);
    }

    @ServerExceptionMapper
    Response storage(StorageException failure) {
        if (failure.isTransient() || StorageClient.UNAVAILABLE.equals(failure.reason())) {
            LOG.warnf("storage does not answer: %s", failure.getMessage());
            return response(unavailable("storage_unavailable"));
        }
        if (failure.status() == 404) {
            return response(ApiProblem.of(410, "media_gone", "The medium is no longer kept."));
        }
        if (failure.status() == 413) {
            return response(ApiProblem.of(413, "too_large", "The file is larger than what may be kept."));
        }
        LOG.errorf(failure, "storage refused");
        return response(internal());
    }

    @ServerExceptionMapper
    Response web(WebApplicationException failure, ContainerRequestContext call) {
        Response answer = failure.getResponse();
        if (answer.getStatus() < 400 || answer.hasEntity()) {
            return answer;
        }
        Optional<String> allowed = isUnrouted(answer.getStatus())
                ? offered.insteadOf(call.getMethod(), call.getUriInfo().getPath())
                : Optional.empty();
        return allowed.map(methods -> Response.fromResponse(response(ofStatus(405)))
                        .header("Allow", methods)
                        .build())
                .orElseGet(() -> response(ofStatus(answer.getStatus())));
    }

    private static boolean isUnrouted(int status) {
        return status == 404 || status == 405;
    }

    @ServerExceptionMapper
    Response unexpected(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ApiProblem problem) {
                return response(problem);
            }
            if (cause instanceof IOException && cameFromForm(cause)) {
                return response(ofStatus(400));
            }
            if (cause instanceof IOException
                    || cause instanceof io.vertx.core.VertxException
                    || cause.getClass().getName().contains("ClosedConnection")) {
                LOG.warnf("a dependency is away: %s", cause.toString());
                LOG.debug("outage", failure);
                return response(unavailable("temporarily_unavailable"));
            }
        }
        LOG.error("unexpected failure", failure);
        return response(internal());
    }

    /** The form's parser itself says with a plain IOException that a form is cut off or no form at all. */
    private static boolean cameFromForm(Throwable failure) {
        StackTraceElement[] frames = failure.getStackTrace();
        return frames.length > 0 && frames[0].getClassName().startsWith(FORM_PARSER);
    }

    private static ApiProblem unavailable(String reason) {
        return ApiProblem.of(503, reason, "A part of the service does not answer right now; please try again.")
                .retryAfter(java.time.Duration.ofSeconds(OUTAGE_RETRY_SECONDS));
    }

    private static ApiProblem internal() {
        return ApiProblem.of(500, "internal_error", "Something went wrong on our side.");
    }

    private static ApiProblem ofStatus(int status) {
        return switch (status) {
            case 400 -> ApiProblem.of(400, "malformed_request", "The request cannot be understood.");
            case 401 -> ApiProblem.unauthorized();
            case 403 -> ApiProblem.forbidden("forbidden", "This is not for you.");
            case 404 -> ApiProblem.notFound();
            case 405 -> ApiProblem.of(405, "method_not_allowed", "This cannot be done here.");
            case 406 -> ApiProblem.of(406, "not_acceptable", "None of the accepted media types is offered.");
            case 413 -> ApiProblem.of(413, "too_large", "The request is larger than what is taken in.");
            case 414, 431 -> ApiProblem.of(status, "too_large", "The request's head is too long.");
            case 415 -> ApiProblem.of(415, "unsupported_media_type", "This media type is not taken in here.");
            default ->
                status >= 500
                        ? internal()
                        : ApiProblem.of(status, "malformed_request", "The request cannot be understood.");
        };
    }

    /** The answer that says it. */
    Response response(ApiProblem problem) {
        Response.ResponseBuilder answer = Response.status(problem.status())
                .type(MEDIA_TYPE)
                .header("Cache-Control", "no-store")
                .entity(document(problem));
        problem.retryAfter().ifPresent(wait -> answer.header("Retry-After", wait.toSeconds()));
        if (problem.status() == 401) {
            answer.header("WWW-Authenticate", "Bearer");
        }
        return answer.build();
    }

    private void answer(RoutingContext context, int failed) {
        if (context.response().ended() || context.response().headWritten()) {
            return;
        }
        Optional<String> allowed = isUnrouted(failed)
                ? offered.insteadOf(context.request().method().name(), context.normalizedPath())
                : Optional.empty();
        allowed.ifPresent(methods -> context.response().putHeader(HttpHeaders.ALLOW, methods));
        int status = allowed.isPresent() ? 405 : failed;
        if (status >= 500) {
            LOG.error("request failed before it reached a resource", context.failure());
        }
        context.response().setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, MEDIA_TYPE);
        if (status == 413) {
            // what is still to come is not read
            context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        context.response().end(document(ofStatus(status)));
    }

    /** The document itself, as text. */
    String document(ApiProblem problem) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", TYPE_BASE + problem.reason());
        document.put("title", title(problem.reason()));
        document.put("status", problem.status());
        document.put("detail", problem.getMessage());
        document.put("reason", problem.reason());
        if (!problem.errors().isEmpty()) {
            document.put("errors", problem.errors());
        }
        document.putAll(problem.members());
        try {
            return json.writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a problem document must always serialise", e);
        }
    }

    static String title(String reason) {
        String words = reason.replace('_', ' ');
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }

    private static String field(Path path) {
        // what is a parameter itself is the whole body, whose name in our code means nothing to a client
        Optional<String> last = StreamSupport.stream(path.spliterator(), false)
                .filter(node -> node.getKind() == ElementKind.PROPERTY)
                .map(Path.Node::getName)
                .reduce((before, next) -> next);
        return last.orElse("body");
    }

    private static String code(ConstraintViolation<?> violation) {
        String constraint = violation
                .getConstraintDescriptor()
                .getAnnotation()
                .annotationType()
                .getSimpleName();
        return switch (constraint) {
            case "NotNull", "NotBlank", "NotEmpty" -> "required";
            case "Min", "Max", "Size", "DecimalMin", "DecimalMax", "Positive" -> "out_of_range";
            default -> "invalid";
        };
    }
}
