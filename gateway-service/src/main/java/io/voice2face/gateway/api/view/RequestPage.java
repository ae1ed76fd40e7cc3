package io.voice2face.gateway.api.view;

import java.util.List;
import java.util.Optional;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A page of a person's requests. */
@Schema(name = "RequestPage", description = "A page of requests, newest first.")
public record RequestPage(
        List<RequestView> items,
        @Schema(description = "cursor of the next page; null on the last") Optional<String> next) {}
