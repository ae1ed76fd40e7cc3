package io.voice2face.gateway.web;

import java.util.Set;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * The page's routes. Its files are static resources of the jar; its own paths ({@code /requests/…}, {@code /s/…}) exist
 * only in the browser, so a request for one of them is answered with the page, which then shows the right view.
 */
@ApplicationScoped
public class WebPage {
    private static final String INDEX = "/index.html";
    /** Paths that belong to programs: what does not exist there is a 404, not the page. */
    private static final Set<String> PROGRAMS = Set.of("api", "q", "openapi", "assets");
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
                "connect-src 'self'",
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
        boolean page = (method == HttpMethod.GET || method == HttpMethod.HEAD)
                && path.length() > 1
                && !PROGRAMS.contains(firstSegment(path))
                // files have a dot in their name: one that does not exist is a 404, not a page taken for a picture
                && path.lastIndexOf('.') < path.lastIndexOf('/');
        if (page) {
            context.reroute(INDEX);
        } else {
            context.next();
        }
    }

    private static String firstSegment(String path) {
        int end = path.indexOf('/', 1);
        return path.substring(1, end < 0 ? path.length() : end);
    }
}
