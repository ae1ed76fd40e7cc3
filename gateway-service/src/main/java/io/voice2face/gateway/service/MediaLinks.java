package io.voice2face.gateway.service;

import java.util.Arrays;
import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;

import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.event.ObjectRef;
import io.voice2face.contracts.event.Variant;
import io.voice2face.contracts.storage.StorageApi;
import io.voice2face.gateway.api.ApiProblem;
import io.voice2face.gateway.domain.Clip;
import io.voice2face.gateway.domain.Face;
import io.voice2face.gateway.domain.Job;
import io.voice2face.gateway.domain.VariantJob;
import io.voice2face.storage.client.StorageClient;

/** Turns what a job holds into short-lived links for browsers and other clients. */
@ApplicationScoped
public class MediaLinks {
    private final StorageClient storage;

    MediaLinks(StorageClient storage) {
        this.storage = storage;
    }

    /** 307 to a medium of a result; 404 for what the result does not have (yet). */
    public Uni<Response> redirect(Job job, String variantName, String file, boolean download) {
        Variant variant = Arrays.stream(Variant.values())
                .filter(value -> value.pathSegment().equals(variantName))
                .findFirst()
                .orElseThrow(ApiProblem::notFound);
        ObjectRef object = object(job.variant(variant), file).orElseThrow(ApiProblem::notFound);
        String name = file.substring(0, file.indexOf('.')) + "-" + variantName;
        return redirect(object, name, download);
    }

    /**
     * 307 to an object.
     *
     * @param name file name without extension that a browser saves it under
     */
    public Uni<Response> redirect(ObjectRef object, String name, boolean download) {
        String disposition = (download ? "attachment" : "inline") + "; filename=\"" + name + "."
                + extension(object.contentType()) + "\"";
        return storage.grant(new StorageApi.DownloadRequest(
                        object.key(),
                        StorageApi.Audience.PUBLIC,
                        Optional.of(object.contentType()),
                        Optional.of(disposition)))
                .map(grant -> Response.temporaryRedirect(grant.url())
                        .header("Cache-Control", "private, no-store")
                        .build());
    }

    static Optional<ObjectRef> object(VariantJob variant, String file) {
        Optional<Clip> clip = variant.clip().filter(made -> variant.clipStored());
        Optional<ObjectRef> main = clip.map(Clip::clip)
                .filter(object -> Views.clipName(object.contentType()).equals(file));
        return switch (file) {
            case "face.png" ->
                variant.face().filter(made -> variant.faceStored()).map(Face::picture);
            case "clip.gif" -> main.or(() -> clip.flatMap(Clip::gif));
            case "poster.jpg" -> clip.flatMap(Clip::poster);
            default -> main;
        };
    }

    /** File name extension of a media type. */
    static String extension(String contentType) {
        return switch (contentType) {
            case "image/png" -> "png";
            case "image/jpeg" -> "jpg";
            case "image/gif" -> "gif";
            case "image/webp" -> "webp";
            case "video/mp4" -> "mp4";
            case "video/webm", "audio/webm" -> "webm";
            case "audio/mp4" -> "m4a";
            case "audio/mpeg" -> "mp3";
            case "audio/ogg" -> "ogg";
            case "audio/wav" -> "wav";
            case "audio/flac" -> "flac";
            default -> "bin";
        };
    }
}
