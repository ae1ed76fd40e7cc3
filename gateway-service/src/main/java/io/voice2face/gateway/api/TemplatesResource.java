package io.voice2face.gateway.api;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.PathPart;
import org.jboss.resteasy.reactive.RestPath;

import io.voice2face.contracts.event.Gender;
import io.voice2face.gateway.service.Template;
import io.voice2face.gateway.service.Templates;

/** Built-in target clips; open to everyone. */
@Path("/api/v1/templates")
@Tag(name = "Templates", description = "Built-in target clips.")
public class TemplatesResource {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");
    private static final String CACHE = "public, max-age=3600";

    private final Templates templates;

    TemplatesResource(Templates templates) {
        this.templates = templates;
    }

    /** A built-in target clip. */
    @Schema(name = "Template")
    public record TemplateView(
            String id,
            Template.Name name,
            Gender gender,
            int width,
            int height,
            double seconds,
            String clipUrl,
            String posterUrl) {
        static TemplateView of(Template template) {
            String base = "/api/v1/templates/" + template.id() + "/";
            return new TemplateView(
                    template.id(),
                    template.name(),
                    template.gender(),
                    template.width(),
                    template.height(),
                    template.seconds(),
                    base + Templates.CLIP,
                    base + Templates.POSTER);
        }
    }

    @GET
    @Revalidated
    @Operation(operationId = "listTemplates", summary = "All templates")
    public List<TemplateView> list() {
        return templates.all().stream().map(TemplateView::of).toList();
    }

    @GET
    @Path("/{id}/" + Templates.CLIP)
    @Operation(operationId = "getTemplateClip", summary = "A template's clip")
    @APIResponse(
            responseCode = "200",
            description = "the file, or a part of it where Range asks for one (206)",
            content = @Content(mediaType = "video/mp4", schema = @Schema(type = SchemaType.STRING, format = "binary")))
    public Response clip(
            @RestPath String id,
            @HeaderParam("Range") Optional<String> range,
            @HeaderParam("If-None-Match") Optional<String> known) {
        return file(templates.clip(id), range, known);
    }

    @GET
    @Path("/{id}/" + Templates.POSTER)
    @Operation(operationId = "getTemplatePoster", summary = "A still picture of a template")
    @APIResponse(
            responseCode = "200",
            description = "the file, or a part of it where Range asks for one (206)",
            content = @Content(mediaType = "image/jpeg", schema = @Schema(type = SchemaType.STRING, format = "binary")))
    public Response poster(
            @RestPath String id,
            @HeaderParam("Range") Optional<String> range,
            @HeaderParam("If-None-Match") Optional<String> known) {
        return file(templates.poster(id), range, known);
    }

    private static Response file(
            Optional<Templates.TemplateFile> found, Optional<String> range, Optional<String> known) {
        Templates.TemplateFile file = found.orElseThrow(ApiProblem::notFound);
        String tag = "\"" + file.object().sha256() + "\"";
        if (known.filter(tag::equals).isPresent()) {
            return Response.notModified()
                    .header("ETag", tag)
                    .header("Cache-Control", CACHE)
                    .build();
        }
        long size = file.object().size();
        Matcher wanted = RANGE.matcher(range.orElse(""));
        boolean partial = wanted.matches()
                && !(wanted.group(1).isEmpty() && wanted.group(2).isEmpty());
        long from = 0;
        long to = size - 1;
        if (partial) {
            from = wanted.group(1).isEmpty()
                    ? Math.max(0, size - Long.parseLong(wanted.group(2)))
                    : Long.parseLong(wanted.group(1));
            to = wanted.group(1).isEmpty() || wanted.group(2).isEmpty()
                    ? size - 1
                    : Math.min(size - 1, Long.parseLong(wanted.group(2)));
            if (from > to) {
                return Response.status(416)
                        .header("Content-Range", "bytes */" + size)
                        .build();
            }
        }
        Response.ResponseBuilder answer = Response.status(partial ? 206 : 200)
                .entity(new PathPart(file.file(), from, to - from + 1))
                .type(file.object().contentType())
                .header("Accept-Ranges", "bytes")
                .header("ETag", tag)
                .header("Cache-Control", CACHE);
        if (partial) {
            answer.header("Content-Range", "bytes " + from + "-" + to + "/" + size);
        }
        return answer.build();
    }
}
