package io.voice2face.gateway.admin;

import java.util.List;
import java.util.UUID;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.storage.StorageApi;
import io.voice2face.gateway.security.Caller;
import io.voice2face.gateway.service.Maintenance;

/** For operators: needs an account with the role {@code admin}. */
@Path("/api/v1/admin")
@Tag(name = "Operators", description = "Needs the operator's account.")
public class AdminResource {
    private final Caller caller;
    private final Maintenance maintenance;
    private final DeadLetters deadLetters;
    private final RequestHistory history;
    private final StorageMaintenance storage;

    AdminResource(
            Caller caller,
            Maintenance maintenance,
            DeadLetters deadLetters,
            RequestHistory history,
            StorageMaintenance storage) {
        this.caller = caller;
        this.maintenance = maintenance;
        this.deadLetters = deadLetters;
        this.history = history;
        this.storage = storage;
    }

    /** The maintenance switch. */
    @Schema(name = "MaintenanceSwitch")
    public record Switch(@NotNull(message = "must be given") Boolean enabled) {}

    @GET
    @Path("/maintenance")
    @Operation(operationId = "getMaintenance", summary = "The maintenance switch")
    public Uni<Switch> maintenance() {
        return caller.admin().map(operator -> new Switch(maintenance.isOn()));
    }

    @PUT
    @Path("/maintenance")
    @Operation(
            operationId = "switchMaintenance",
            summary = "Turn maintenance on or off",
            description = "All instances follow within two seconds.")
    public Uni<Switch> turn(@NotNull(message = "must be given") @Valid Switch wanted) {
        return caller.admin()
                .chain(operator -> maintenance.turn(wanted.enabled()))
                .replaceWith(wanted);
    }

    @GET
    @Path("/dead-letters/{topic}")
    @Operation(operationId = "listDeadLetters", summary = "Newest dead letters of a topic")
    public Uni<List<DeadLetters.Letter>> deadLetters(@RestPath String topic) {
        return caller.admin().chain(operator -> deadLetters.list(topic));
    }

    @GET
    @Path("/dead-letters/{topic}/{partition}/{offset}")
    @Operation(operationId = "getDeadLetter", summary = "One dead letter with its bytes and headers")
    public Uni<DeadLetters.Contents> deadLetter(
            @RestPath String topic, @RestPath int partition, @RestPath long offset) {
        return caller.admin().chain(operator -> deadLetters.inspect(topic, partition, offset));
    }

    @POST
    @Path("/dead-letters/{topic}/{partition}/{offset}/replay")
    @Operation(
            operationId = "replayDeadLetter",
            summary = "Replay a dead letter",
            description = "For the service that could not process it.")
    @APIResponse(responseCode = "202", description = "sent again")
    public Uni<Response> replay(@RestPath String topic, @RestPath int partition, @RestPath long offset) {
        return caller.admin()
                .chain(operator -> deadLetters.replay(topic, partition, offset))
                .map(done -> Response.accepted().build());
    }

    @GET
    @Path("/requests/{id}/history")
    @Operation(
            operationId = "getRequestHistory",
            summary = "What happened to a request",
            description = "Names, states and times; no media.")
    public Uni<RequestHistory.History> history(@RestPath UUID id) {
        return caller.admin().chain(operator -> history.of(id));
    }

    @GET
    @Path("/storage")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(operationId = "getStorageJobs", summary = "Retention settings, and when storage's jobs last ran")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = StorageApi.Maintenance.class)))
    public Uni<String> storage() {
        return caller.admin().chain(operator -> storage.state());
    }

    @POST
    @Path("/storage/{job}/runs")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "runStorageJob",
            summary = "Run one of storage's jobs now",
            description = "`retention`, `orphans` or `audit`.")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = StorageApi.MaintenanceJob.class)))
    public Uni<String> run(@RestPath String job) {
        return caller.admin().chain(operator -> storage.run(job));
    }
}
