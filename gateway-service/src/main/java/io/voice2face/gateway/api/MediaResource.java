package io.voice2face.gateway.api;

import java.util.UUID;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

import io.smallrye.mutiny.Uni;
import io.voice2face.gateway.security.Caller;
import io.voice2face.gateway.service.MediaLinks;
import io.voice2face.gateway.service.OwnRequests;

/** Links to media: each answers 307 to a short-lived address at the object store. */
@Path("/api/v1/requests/{id}")
@Tag(name = "Media", description = "Links to media; `?download=true` makes a browser save the file.")
public class MediaResource {
    private final Caller caller;
    private final OwnRequests requests;
    private final MediaLinks links;

    MediaResource(Caller caller, OwnRequests requests, MediaLinks links) {
        this.caller = caller;
        this.requests = requests;
        this.links = links;
    }

    @GET
    @Path("/voice")
    @Operation(operationId = "getVoice", summary = "The recording")
    @APIResponse(responseCode = "307", description = "short-lived address")
    public Uni<Response> voice(@RestPath UUID id, @QueryParam("download") boolean download) {
        return caller.account()
                .chain(account -> requests.row(account.id, id))
                .chain(request -> links.redirect(request.voice(), "voice", download));
    }

    @GET
    @Path("/target")
    @Operation(operationId = "getTarget", summary = "The clip or picture that the faces go into")
    @APIResponse(responseCode = "307", description = "short-lived address")
    public Uni<Response> target(@RestPath UUID id, @QueryParam("download") boolean download) {
        return caller.account()
                .chain(account -> requests.row(account.id, id))
                .chain(request -> links.redirect(request.target(), "target", download));
    }

    @GET
    @Path("/results/{resultId}/{variant}/{file}")
    @Operation(
            operationId = "getMedia",
            summary = "A face, a clip or a preview",
            description =
                    "`face.png`, `clip.mp4` (`clip.gif`, `clip.png` for other targets), `clip.gif` where the request asked"
                            + " for one, `poster.jpg`.")
    @APIResponse(responseCode = "307", description = "short-lived address")
    public Uni<Response> media(
            @RestPath UUID id,
            @RestPath UUID resultId,
            @RestPath String variant,
            @RestPath String file,
            @QueryParam("download") boolean download) {
        return caller.account()
                .chain(account -> requests.resultRow(account.id, id, resultId))
                .chain(result -> links.redirect(result.job(), variant, file, download));
    }
}
