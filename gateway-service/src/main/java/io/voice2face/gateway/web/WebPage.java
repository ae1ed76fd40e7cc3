package io.voice2face.gateway.web;

import java.util.Set;
import java.util.regex.Pattern;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * The page's routes. Its files are static resources of the jar; its own paths ({@code /requests/…}, {@code /s/…}) exist
 * only in the browser, so a request for one of them is answered with the page, which then shows the right view. A browser
 * that asks for a path which the page does not have gets the page too, as a 404: it then says so in the person's language.
 */
@ApplicationScoped
public class WebPage {
    private static final String INDEX = "/index.html";
    /** Paths that belong to programs: what does not exist there is a 404, not the page. */
    private static final Set<String> PROGRAMS = Set.of("api", "q", "openapi", "assets");
    /** The paths of {@code App.svelte}. */
    private static final Pattern OWN_PATHS =
            Pattern.compile("/(|start|join|login|new(/you|/voice|/target)?|profile|about|privacy"
                    + "|requests(/[\\w-]+(/results/[\\w-]+/survey)?)?|s/[\\w.~-]+)");
    /** Before Quarkus' own routes: the headers are on every answer, and the page's paths never reach the API. */
    private static final int FIRST = -10_000;

    private final String policy;

    WebPage(WebPageConfig config) {
        String media = String.join(" ", config.mediaOrigins());
        this.policy = String.join(
                "; ",
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                "img-src 'self' blob: " + media,
                "media-src 'self' blob: " + media,
                // GIFs are read and drawn frame by frame, so that those side by side are in step
                "connect-src 'self' " + media,
                "base-uri 'none'",
                "form-action 'self'",
                "frame-ancestors 'none'");
    }

    void routes(@Observes Router router) {
        router.route().order(FIRST).handler(this::headers);
        router.route().order(FIRST + 1).handler(this::ownPath);
    }

    private void headers(RoutingContext context) {
        HttpServerResponse response = context.response();
        String first = firstSegment(context.normalizedPath());
        response.putHeader("X-Content-Type-Options", "nosniff");
        response.putHeader("Referrer-Policy", "same-origin");
        if (first.equals("assets")) {
            // the names carry a hash of the contents
            context.addHeadersEndHandler(ignored -> {
                if (response.getStatusCode() == 200) {
                    response.headers().set(HttpHeaders.CACHE_CONTROL, "public, max-age=31536000, immutable");
                }
            });
        } else if (!PROGRAMS.contains(first)) {
            response.putHeader("Content-Security-Policy", policy);
            response.putHeader("Permissions-Policy", "microphone=(self), camera=(), geolocation=()");
            response.putHeader("Cross-Origin-Opener-Policy", "same-origin");
            context.addHeadersEndHandler(ignored -> response.headers().set(HttpHeaders.CACHE_CONTROL, "no-cache"));
        }
        context.next();
    }

    private void ownPath(RoutingContext context) {
        HttpMethod method = context.request().method();
        String path = context.normalizedPath();
        boolean read = method == HttpMethod.GET || method == HttpMethod.HEAD;
        if (read && path.length() > 1 && OWN_PATHS.matcher(path).matches()) {
            context.reroute(INDEX);
        } else if (read && isNavigation(context, path)) {
            notFound(context);
        } else {
            context.next();
        }
    }

    private static void notFound(RoutingContext context) {
        context.vertx()
                .fileSystem()
                .readFile("META-INF/resources" + INDEX)
                .onSuccess(page -> context.response()
                        .setStatusCode(404)
                        .putHeader(HttpHeaders.CONTENT_TYPE, "text/html;charset=UTF-8")
                        .end(page))
                .onFailure(context::fail);
    }

    /** Whether a browser wants to show what is at a path that belongs to no program and names no file. */
    private static boolean isNavigation(RoutingContext context, String path) {
        String accepted = context.request().getHeader(HttpHeaders.ACCEPT);
        return accepted != null
                && accepted.contains("text/html")
                && path.length() > 1
                && !PROGRAMS.contains(firstSegment(path))
                && path.lastIndexOf('.') < path.lastIndexOf('/');
    }

    private static String firstSegment(String path) {
        int end = path.indexOf('/', 1);
        return path.substring(1, end < 0 ? path.length() : end);
    }
}
