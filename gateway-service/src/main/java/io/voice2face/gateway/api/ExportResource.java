package io.voice2face.gateway.api;

import java.time.Duration;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

import io.smallrye.common.annotation.Blocking;
import io.voice2face.gateway.persistence.AccountRow;
import io.voice2face.gateway.security.Caller;
import io.voice2face.gateway.service.Export;

/** Export of everything that is kept of the caller. */
@Path("/api/v1/users/me/export")
@Tag(name = "Users")
public class ExportResource {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Caller caller;
    private final Export export;

    ExportResource(Caller caller, Export export) {
        this.caller = caller;
        this.export = export;
    }

    @GET
    @Blocking
    @Produces("application/zip")
    @Operation(
            operationId = "exportMe",
            summary = "All data of the caller",
            description = "A zip with JSON and media, streamed.")
    @APIResponse(
            responseCode = "200",
            description = "account.json, requests.json and the media",
            content =
                    @Content(
                            mediaType = "application/zip",
                            schema = @Schema(type = SchemaType.STRING, format = "binary")))
    public Response get() {
        AccountRow account = caller.account().await().atMost(PATIENCE);
        StreamingOutput zip = out -> export.write(account, out);
        return Response.ok(zip, "application/zip")
                .header("Content-Disposition", "attachment; filename=\"voice2face-export.zip\"")
                .header("Cache-Control", "no-store")
                .build();
    }
}
