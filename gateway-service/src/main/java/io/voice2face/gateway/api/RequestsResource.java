package io.voice2face.gateway.api;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseHeader;
import org.jboss.resteasy.reactive.RestForm;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestStreamElementType;
import org.jboss.resteasy.reactive.multipart.FileUpload;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.voice2face.gateway.api.view.RequestPage;
import io.voice2face.gateway.api.view.RequestView;
import io.voice2face.gateway.api.view.ResultView;
import io.voice2face.gateway.config.GatewayConfig;
import io.voice2face.gateway.persistence.RequestRow;
import io.voice2face.gateway.security.Caller;
import io.voice2face.gateway.service.Attempts;
import io.voice2face.gateway.service.OwnRequests;
import io.voice2face.gateway.service.ProgressStreams;
import io.voice2face.gateway.service.RequestEndings;
import io.voice2face.gateway.service.RequestIntake;
import io.voice2face.gateway.service.StreamEvent;
import io.voice2face.gateway.service.Submission;
import io.voice2face.gateway.service.Templates;

/** Requests and their results. */
@Path("/api/v1/requests")
@Tag(name = "Requests", description = "One voice with age, gender and a target; every attempt at it is a result.")
public class RequestsResource {
    private static final int PAGE = 20;
    private static final int LONGEST_PAGE = 100;

    private final Caller caller;
    private final RequestIntake intake;
    private final OwnRequests requests;
    private final Attempts attempts;
    private final RequestEndings endings;
    private final ProgressStreams streams;
    private final Templates templates;
    private final GatewayConfig.Limits limits;

    RequestsResource(
            Caller caller,
            RequestIntake intake,
            OwnRequests requests,
            Attempts attempts,
            RequestEndings endings,
            ProgressStreams streams,
            Templates templates,
            GatewayConfig config) {
        this.caller = caller;
        this.intake = intake;
        this.requests = requests;
        this.attempts = attempts;
        this.endings = endings;
        this.streams = streams;
        this.templates = templates;
        this.limits = config.limits();
    }

    @POST
    @Uploaded
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @Operation(
            operationId = "submitRequest",
            summary = "Send a voice",
            description = "Give a `template`'s id or an own `target`.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.MULTIPART_FORM_DATA,
                            schema = @Schema(implementation = SubmissionForm.Description.class)))
    @APIResponse(
            responseCode = "202",
            description = "taken in; follow `Location`",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = RequestView.class)))
    public Uni<Response> submit(
            @RestForm(FileUpload.ALL) List<FileUpload> files,
            @RestForm("age") List<String> age,
            @RestForm("gender") List<String> gender,
            @RestForm("skinTone") List<String> skinTone,
            @RestForm("gifPreview") List<String> gifPreview,
            @RestForm("template") List<String> template,
            @HeaderParam("Idempotency-Key") Optional<String> idempotencyKey) {
        return caller.account().chain(account -> {
            Submission submission = new SubmissionForm(limits, templates)
                    .check(
                            new SubmissionForm.Parts(files, age, gender, skinTone, gifPreview, template),
                            idempotencyKey);
            return intake.submit(account, submission).map(view -> Response.accepted(view)
                    .location(URI.create("/api/v1/requests/" + view.id()))
                    .build());
        });
    }

    @GET
    @Revalidated
    @Operation(operationId = "listRequests", summary = "The caller's requests, newest first")
    public Uni<RequestPage> list(
            @Parameter(
                            schema =
                                    @Schema(
                                            type = SchemaType.INTEGER,
                                            minimum = "1",
                                            maximum = "" + LONGEST_PAGE,
                                            defaultValue = "" + PAGE))
                    @QueryParam("limit")
                    Optional<String> limit,
            @QueryParam("cursor") Optional<String> cursor) {
        int entries = entries(limit);
        return caller.account().chain(account -> requests.list(account.id, cursor, entries));
    }

    /** Read here and not by the framework, to which a limit that is no number makes the page one that is not there. */
    private static int entries(Optional<String> limit) {
        int entries = limit.map(text -> text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : 0)
                .orElse(PAGE);
        if (entries < 1 || entries > LONGEST_PAGE) {
            throw ApiProblem.invalid("limit", "out_of_range", "must be from 1 to " + LONGEST_PAGE);
        }
        return entries;
    }

    @GET
    @Revalidated
    @Path("/{id}")
    @Operation(operationId = "getRequest", summary = "One request with its results")
    public Uni<RequestView> get(@RestPath UUID id) {
        return caller.account().chain(account -> requests.get(account.id, id));
    }

    @DELETE
    @Path("/{id}")
    @Operation(
            operationId = "deleteRequest",
            summary = "Delete a request",
            description = "Erases its voice, faces and clips everywhere.")
    public Uni<Void> delete(@RestPath UUID id) {
        return caller.account().chain(account -> endings.delete(account.id, id));
    }

    @POST
    @Path("/{id}/cancel")
    @Operation(operationId = "cancelRequest", summary = "Stop the work on a request")
    public Uni<RequestView> cancel(@RestPath UUID id) {
        return caller.account().chain(account -> endings.cancel(account.id, id));
    }

    @POST
    @Path("/{id}/results")
    @Operation(operationId = "addResult", summary = "Try again", description = "Adds a result; earlier ones stay.")
    @APIResponse(
            responseCode = "202",
            description = "taken in",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = ResultView.class)))
    public Uni<Response> regenerate(
            @RestPath UUID id, @HeaderParam("Idempotency-Key") Optional<String> idempotencyKey) {
        idempotencyKey.flatMap(SubmissionForm::wrongKey).ifPresent(error -> {
            throw ApiProblem.invalid(List.of(error));
        });
        return caller.account()
                .chain(account -> attempts.regenerate(account.id, id, idempotencyKey))
                .map(view -> Response.accepted(view)
                        .location(URI.create("/api/v1/requests/" + id + "/results/" + view.id()))
                        .build());
    }

    @GET
    @Revalidated
    @Path("/{id}/results/{resultId}")
    @Operation(operationId = "getResult", summary = "One result")
    public Uni<ResultView> result(@RestPath UUID id, @RestPath UUID resultId) {
        return caller.account().chain(account -> requests.result(account.id, id, resultId));
    }

    @GET
    @Path("/{id}/events")
    @Followed
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @RestStreamElementType(MediaType.TEXT_PLAIN)
    @ResponseHeader(name = "Cache-Control", value = "no-store")
    @ResponseHeader(name = "X-Accel-Buffering", value = "no")
    @Operation(
            operationId = "followRequest",
            summary = "Follow a request",
            description =
                    "Server-sent events `state`, `progress` and `heartbeat`. The stream ends when the request does;"
                            + " asked again with the last id it answers 204, so that a browser stops.")
    @APIResponse(
            responseCode = "200",
            description = "`state` carries a Request, `progress` a Progress",
            content =
                    @Content(
                            mediaType = MediaType.SERVER_SENT_EVENTS,
                            schema = @Schema(implementation = String.class),
                            example =
                                    "id: 17\nevent: progress\ndata: {\"resultId\":\"…\",\"stage\":\"SWAPPING\",\"variant\":\"voice\",\"done\":40,\"total\":112,\"remainingSeconds\":2.5}\n\n"))
    @APIResponse(responseCode = "204", description = "the request stands at its end, and the client has it all")
    public Multi<OutboundSseEvent> events(
            @RestPath UUID id,
            @HeaderParam("Last-Event-ID") Optional<String> lastEventId,
            @Context ContainerRequestContext call,
            @Context Sse sse) {
        RequestRow request = (RequestRow) call.getProperty(FollowCheck.REQUEST);
        return streams.follow(request, FollowCheck.lastEventId(lastEventId)).map(event -> outbound(sse, event));
    }

    private static OutboundSseEvent outbound(Sse sse, StreamEvent event) {
        OutboundSseEvent.Builder builder =
                sse.newEventBuilder().name(event.kind()).data(event.data());
        event.id().ifPresent(id -> builder.id(Long.toString(id)));
        return builder.build();
    }
}
