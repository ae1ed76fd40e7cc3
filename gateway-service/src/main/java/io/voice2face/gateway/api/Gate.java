package io.voice2face.gateway.api;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.voice2face.gateway.config.GatewayConfig;
import io.voice2face.gateway.service.Maintenance;

/**
 * Turns away what need not be read: calls during maintenance, calls with the page's cookie that are not the page's, uploads
 * without a token, and uploads beyond what one instance takes in at the same time, or in a bearable time.
 */
@ApplicationScoped
public class Gate {
    private static final int EARLY = -5_000;
    /** A body that is not an upload has at most so many bytes. */
    static final int MOST_JSON_BYTES = 256 * 1024;

    private static final long MULTIPART_OVERHEAD_BYTES = 256 * 1024;
    private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final Maintenance maintenance;
    private final ProblemMapping problems;
    private final Duration retryAfter;
    private final Duration uploadTime;
    private final int mostUploads;
    private final long mostUploadBytes;
    private final AtomicInteger uploads = new AtomicInteger();

    Gate(Maintenance maintenance, ProblemMapping problems, GatewayConfig config) {
        this.maintenance = maintenance;
        this.problems = problems;
        this.retryAfter = config.admin().retryAfter();
        this.uploadTime = config.limits().uploadTime();
        this.mostUploads = config.limits().concurrentUploads();
        this.mostUploadBytes = config.limits().voiceBytes() + config.limits().targetBytes() + MULTIPART_OVERHEAD_BYTES;
    }

    void routes(@Observes Router router) {
        router.route("/api/*").order(EARLY).handler(this::pass);
    }

    private static boolean isUpload(RoutingContext context) {
        return context.request().method() == HttpMethod.POST
                && context.normalizedPath().equals("/api/v1/requests");
    }

    private void pass(RoutingContext context) {
        HttpServerRequest request = context.request();
        String path = context.normalizedPath();
        if (maintenance.isOn() && !isOpenInMaintenance(path)) {
            refuse(
                    context,
                    ApiProblem.of(503, "maintenance", "The service is being worked on; please come back later.")
                            .retryAfter(retryAfter));
            return;
        }
        if (ProblemMapping.MEDIA_TYPE.equals(request.getHeader(HttpHeaders.ACCEPT))) {
            // generated clients name the only JSON they know of where the good answer is a stream or a file
            request.headers().remove(HttpHeaders.ACCEPT);
        }
        boolean cookie = request.getCookie(TokensResource.SESSION) != null;
        if (cookie && !SAFE.contains(request.method()) && request.getHeader(TokensResource.CLIENT) == null) {
            refuse(
                    context,
                    ApiProblem.forbidden(
                            "not_from_page", "Calls with the page's session need the header X-V2F-Client: web."));
            return;
        }
        boolean upload = isUpload(context);
        long most = upload ? mostUploadBytes : MOST_JSON_BYTES;
        if (announcedLength(request) > most) {
            refuse(context, ApiProblem.tooLarge("request", most));
            return;
        }
        if (upload) {
            if (!cookie && request.getHeader(HttpHeaders.AUTHORIZATION) == null) {
                refuse(context, ApiProblem.unauthorized());
                return;
            }
            if (uploads.incrementAndGet() > mostUploads) {
                uploads.decrementAndGet();
                refuse(
                        context,
                        ApiProblem.of(503, "busy", "Too many uploads at the same time; please try again.")
                                .retryAfter(Duration.ofSeconds(5)));
                return;
            }
            long clock = context.vertx().setTimer(uploadTime.toMillis(), late -> giveUp(context));
            context.addEndHandler(ended -> {
                context.vertx().cancelTimer(clock);
                uploads.decrementAndGet();
            });
        }
        context.next();
    }

    /** An upload that trickles is never idle, and would keep its place for as long as its sender likes. */
    private void giveUp(RoutingContext context) {
        if (!context.response().headWritten()) {
            refuse(
                    context,
                    ApiProblem.of(
                            408,
                            "upload_too_slow",
                            "The upload has taken longer than %d s.".formatted(uploadTime.toSeconds())));
        }
        context.request().connection().close();
    }

    /** Length that the client says; bodies of unsaid length are counted while they are read, by {@link BodyLimit}. */
    private static long announcedLength(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length != null && length.matches("[0-9]{1,18}") ? Long.parseLong(length) : 0;
    }

    /** Health is outside of the API; operators must get in to turn the switch off again. */
    private static boolean isOpenInMaintenance(String path) {
        return path.equals("/api/v1/config") || path.equals("/api/v1/tokens") || path.startsWith("/api/v1/admin/");
    }

    private void refuse(RoutingContext context, ApiProblem problem) {
        var response = context.response()
                .setStatusCode(problem.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, ProblemMapping.MEDIA_TYPE)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        problem.retryAfter().ifPresent(wait -> response.putHeader("Retry-After", Long.toString(wait.toSeconds())));
        if (problem.status() == 401) {
            response.putHeader("WWW-Authenticate", "Bearer");
        }
        if (!SAFE.contains(context.request().method())) {
            // the body is not read
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        response.end(problems.document(problem));
    }
}
