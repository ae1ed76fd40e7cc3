package io.voice2face.gateway.api;

import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;

import org.jboss.resteasy.reactive.server.ServerRequestFilter;

import io.quarkus.security.AuthenticationFailedException;
import io.smallrye.mutiny.Uni;
import io.voice2face.gateway.security.Caller;
import io.voice2face.gateway.service.Quota;

/**
 * Says 401 and 429 before an upload is read: a form is read before the resource that asks for it runs, and whoever sends
 * 200 MB should hear first that they are in vain. {@link Gate} sees only whether there is a token.
 */
@Singleton
public class UploadCheck {
    private final Caller caller;
    private final Quota quota;
    private final ProblemMapping problems;

    UploadCheck(Caller caller, Quota quota, ProblemMapping problems) {
        this.caller = caller;
        this.quota = quota;
        this.problems = problems;
    }

    @Uploaded
    @ServerRequestFilter
    Uni<Response> check(ContainerRequestContext call) {
        // a call that is sent again by its key asks for nothing new
        boolean sentAgain = call.getHeaderString("Idempotency-Key") != null;
        return caller.account()
                .chain(account -> sentAgain ? Uni.createFrom().voidItem() : quota.requireRoomNow(account.id))
                .replaceWith((Response) null)
                .onFailure(AuthenticationFailedException.class)
                .transform(bad -> ApiProblem.unauthorized())
                .onFailure(ApiProblem.class)
                .recoverWithItem(refusal -> unread((ApiProblem) refusal));
    }

    /** The body is not read, so the connection is of no more use. */
    private Response unread(ApiProblem refusal) {
        return Response.fromResponse(problems.response(refusal))
                .header("Connection", "close")
                .build();
    }
}
