package io.voice2face.gateway.api;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

import io.smallrye.mutiny.Uni;
import io.voice2face.gateway.security.Caller;
import io.voice2face.gateway.service.Sharing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Share links of a result. */
@Path("/api/v1/requests/{id}/results/{resultId}/share")
@Tag(name = "Sharing", description = "Links that open one result to whoever has them.")
public class SharingResource {
    private static final int DEFAULT_HOURS = 7 * 24;
    private static final int MOST_HOURS = 90 * 24;

    private final Caller caller;
    private final Sharing sharing;
    private final ObjectMapper json;

    SharingResource(Caller caller, Sharing sharing, ObjectMapper json) {
        this.caller = caller;
        this.sharing = sharing;
        this.json = json;
    }

    /** Wish for a link. */
    @Schema(name = "ShareWish")
    public record ShareWish(
            @Schema(description = "1–2160, default 168", examples = "168") OptionalInt expiresInHours) {}

    /** A link. */
    @Schema(name = "Share")
    public record ShareView(
            UUID id,
            @Schema(description = "page of the link; null in lists, since only its hash is kept", examples = "/s/…")
                    Optional<String> url,
            Instant expiresAt) {}

    @POST
    @Operation(operationId = "shareResult", summary = "Share a result")
    @APIResponse(
            responseCode = "201",
            description = "made; the only answer that has the link",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = ShareView.class)))
    @Consumes(MediaType.WILDCARD)
    @RequestBody(
            description = "may be left out",
            required = false,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = ShareWish.class)))
    public Uni<Response> share(@RestPath UUID id, @RestPath UUID resultId, String body) throws JsonProcessingException {
        int hours = body == null || body.isBlank()
                ? DEFAULT_HOURS
                : json.readValue(body, ShareWish.class).expiresInHours().orElse(DEFAULT_HOURS);
        if (hours < 1 || hours > MOST_HOURS) {
            throw ApiProblem.invalid("expiresInHours", "out_of_range", "must be from 1 to " + MOST_HOURS);
        }
        return caller.account()
                .chain(account -> sharing.share(account.id, id, resultId, Duration.ofHours(hours)))
                .map(link -> Response.created(URI.create("/api/v1/shared/" + link.token()))
                        .entity(new ShareView(link.id(), Optional.of("/s/" + link.token()), link.expiresAt()))
                        .build());
    }

    @GET
    @Operation(operationId = "listShares", summary = "Open links")
    public Uni<List<ShareView>> list(@RestPath UUID id, @RestPath UUID resultId) {
        return caller.account()
                .chain(account -> sharing.list(account.id, id, resultId))
                .map(rows -> rows.stream()
                        .map(row -> new ShareView(row.id, Optional.empty(), row.expiresAt))
                        .toList());
    }

    @DELETE
    @Path("/{shareId}")
    @Operation(operationId = "revokeShare", summary = "Revoke a link")
    public Uni<Void> revoke(@RestPath UUID id, @RestPath UUID resultId, @RestPath UUID shareId) {
        return caller.account().chain(account -> sharing.revoke(account.id, id, resultId, shareId));
    }
}
