package io.voice2face.gateway.api;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;

import org.jboss.resteasy.reactive.server.ServerRequestFilter;

import io.smallrye.mutiny.Uni;
import io.voice2face.gateway.security.Caller;
import io.voice2face.gateway.service.OwnRequests;
import io.voice2face.gateway.service.ProgressStreams;

/**
 * Says 401, 404 and 204 before a stream begins: the head of a server-sent stream goes out with its subscription, after
 * which there is no other status.
 */
@Singleton
public class FollowCheck {
    /** Property of the call under which the request's row is found afterwards. */
    static final String REQUEST = FollowCheck.class.getName() + ".request";

    private final Caller caller;
    private final OwnRequests requests;
    private final ProgressStreams streams;

    FollowCheck(Caller caller, OwnRequests requests, ProgressStreams streams) {
        this.caller = caller;
        this.requests = requests;
        this.streams = streams;
    }

    @Followed
    @ServerRequestFilter
    Uni<Response> check(ContainerRequestContext call) {
        UUID id;
        try {
            id = UUID.fromString(call.getUriInfo().getPathParameters().getFirst("id"));
        } catch (IllegalArgumentException e) {
            return Uni.createFrom().failure(ApiProblem.notFound());
        }
        OptionalLong last = lastEventId(Optional.ofNullable(call.getHeaderString("Last-Event-ID")));
        return caller.account().chain(account -> requests.row(account.id, id)).chain(request -> {
            call.setProperty(REQUEST, request);
            return streams.isOver(request, last)
                    .map(over -> over ? Response.noContent().build() : null);
        });
    }

    static OptionalLong lastEventId(Optional<String> header) {
        return header.filter(text -> text.matches("[0-9]{1,18}"))
                .map(text -> OptionalLong.of(Long.parseLong(text)))
                .orElseGet(OptionalLong::empty);
    }
}
