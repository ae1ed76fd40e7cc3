package io.voice2face.storage.api;

import jakarta.validation.ConstraintViolationException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;

import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

import io.voice2face.messaging.Outages;
import io.voice2face.storage.domain.StorageFault;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;

/** Every error of the API as a problem document. */
class ProblemMappers {
    private static final Logger LOG = Logger.getLogger(ProblemMappers.class);

    @ServerExceptionMapper
    Response fault(StorageFault fault) {
        return answer(fault.kind().status(), fault.reason(), fault.getMessage());
    }

    @ServerExceptionMapper
    Response notJson(JsonProcessingException failure) {
        return answer(400, "invalid_json", failure.getOriginalMessage());
    }

    /** The framework has a mapper of its own for this one, without a problem document. */
    @ServerExceptionMapper
    Response notThisJson(MismatchedInputException failure) {
        return notJson(failure);
    }

    @ServerExceptionMapper
    Response invalid(ConstraintViolationException failure) {
        return answer(400, "invalid_request", failure.getMessage());
    }

    @ServerExceptionMapper
    Response http(WebApplicationException failure) {
        int status = failure.getResponse().getStatus();
        if (failure.getCause() instanceof JsonProcessingException json) {
            return notJson(json);
        }
        return answer(
                status,
                failure.getResponse()
                        .getStatusInfo()
                        .getReasonPhrase()
                        .toLowerCase(java.util.Locale.ROOT)
                        .replace(' ', '_'),
                String.valueOf(failure.getMessage()));
    }

    @ServerExceptionMapper
    Response unexpected(Throwable failure) {
        if (Outages.isOutage(failure)) {
            LOG.warnf("request failed for an outage: %s", failure);
            return answer(503, "storage_unavailable", "Storage cannot be reached at the moment.");
        }
        LOG.error("request failed", failure);
        return answer(500, "internal_error", "The request failed inside the service.");
    }

    private static Response answer(int status, String reason, String detail) {
        return Response.status(status)
                .type(Problem.MEDIA_TYPE)
                .entity(Problem.of(status, reason, detail))
                .build();
    }
}
