package io.voice2face.gateway.api;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

import io.smallrye.mutiny.Uni;
import io.voice2face.gateway.api.view.ResultView;
import io.voice2face.gateway.service.MediaLinks;
import io.voice2face.gateway.service.Sharing;
import io.voice2face.gateway.service.Views;

/** What a share link opens; no token is needed. */
@Path("/api/v1/shared/{token}")
@Tag(name = "Sharing")
public class SharedResource {
    private final Sharing sharing;
    private final Views views;
    private final MediaLinks links;

    SharedResource(Sharing sharing, Views views, MediaLinks links) {
        this.sharing = sharing;
        this.views = views;
        this.links = links;
    }

    @GET
    @Operation(
            operationId = "openShared",
            summary = "A shared result",
            description = "Without voice, voice analysis, ratings and survey.")
    @APIResponse(
            responseCode = "200",
            description = "the result",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = ResultView.class)))
    public Uni<Response> get(@RestPath String token) {
        return sharing.open(token).map(result -> Response.ok(views.shared(result, token))
                .header("Cache-Control", "private, no-store")
                .header("X-Robots-Tag", "noindex")
                .build());
    }

    @GET
    @Path("/{variant}/{file}")
    @Operation(operationId = "getSharedMedia", summary = "A medium of a shared result")
    @APIResponse(responseCode = "307", description = "short-lived address")
    public Uni<Response> media(
            @RestPath String token,
            @RestPath String variant,
            @RestPath String file,
            @QueryParam("download") boolean download) {
        return sharing.open(token).chain(result -> links.redirect(result.job(), variant, file, download));
    }
}
