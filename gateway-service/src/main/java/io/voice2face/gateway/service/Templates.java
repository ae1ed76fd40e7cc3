package io.voice2face.gateway.service;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;

import io.quarkus.runtime.Startup;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.EventJson;
import io.voice2face.contracts.ObjectKeys;
import io.voice2face.contracts.event.MediaKind;
import io.voice2face.contracts.event.ObjectRef;
import io.voice2face.contracts.storage.StorageApi;
import io.voice2face.gateway.config.GatewayConfig;
import io.voice2face.storage.client.StorageClient;
import io.voice2face.storage.client.StorageException;

import com.fasterxml.jackson.databind.DeserializationFeature;

/**
 * The built-in target clips. They are carried by this service's jar and put into storage where they are missing or other
 * than the jar's; until storage is there this is tried again and again, and readiness says so.
 */
@Startup
@ApplicationScoped
public class Templates {
    /** File with the clip of a template. */
    public static final String CLIP = "clip.mp4";
    /** File with a still picture of a template. */
    public static final String POSTER = "poster.jpg";

    private static final Logger LOG = Logger.getLogger(Templates.class);
    private static final String FOLDER = "templates/";

    private final StorageClient storage;
    private final Path workFolder;
    private final Map<String, Known> templates = new LinkedHashMap<>();
    private final Set<String> stored = ConcurrentHashMap.newKeySet();
    private volatile Optional<String> trouble = Optional.of("the templates have not been put into storage yet");

    Templates(StorageClient storage, GatewayConfig config) {
        this.storage = storage;
        this.workFolder = config.workFolder();
        try {
            for (Template template : list()) {
                templates.put(
                        template.id(),
                        new Known(
                                template,
                                file(template.id(), CLIP, "video/mp4"),
                                file(template.id(), POSTER, "image/jpeg")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the built-in templates cannot be read", e);
        }
    }

    /** A file of a template, in this service's work folder, and the object that it is in storage. */
    public record TemplateFile(Path file, ObjectRef object) {}

    private record Known(Template template, TemplateFile clip, TemplateFile poster) {}

    /** All templates, in the order of the list. */
    public List<Template> all() {
        return templates.values().stream().map(Known::template).toList();
    }

    /** Clip of a template; empty where there is no such template. */
    public Optional<TemplateFile> clip(String id) {
        return Optional.ofNullable(templates.get(id)).map(Known::clip);
    }

    /** Still picture of a template; empty where there is no such template. */
    public Optional<TemplateFile> poster(String id) {
        return Optional.ofNullable(templates.get(id)).map(Known::poster);
    }

    /** True once a template's clip is in storage. */
    public boolean isStored(String id) {
        return stored.contains(id);
    }

    /** Why not all templates are in storage; empty once they are. */
    public Optional<String> trouble() {
        return trouble;
    }

    /** Puts into storage what is missing there. */
    @Scheduled(every = "2s", delayed = "0s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    Uni<Void> store() {
        List<Known> missing = templates.values().stream()
                .filter(known -> !stored.contains(known.template().id()))
                .toList();
        if (missing.isEmpty()) {
            trouble = Optional.empty();
            return Uni.createFrom().voidItem();
        }
        return Multi.createFrom()
                .iterable(missing)
                .onItem()
                .transformToUniAndConcatenate(known -> put(known.clip())
                        .chain(() -> put(known.poster()))
                        .invoke(() -> stored.add(known.template().id())))
                .collect()
                .last()
                .replaceWithVoid()
                .invoke(() -> {
                    trouble = Optional.empty();
                    LOG.infof("%d templates are in storage", stored.size());
                })
                .onFailure()
                .recoverWithUni(failure -> {
                    trouble = Optional.of("the templates are not in storage: " + failure.getMessage());
                    LOG.debugf("templates wait for storage: %s", failure.getMessage());
                    return Uni.createFrom().voidItem();
                });
    }

    private Uni<Void> put(TemplateFile file) {
        return isKept(file.object())
                .chain(kept -> kept
                        ? Uni.createFrom().voidItem()
                        : storage.upload(
                                        file.object().key(),
                                        MediaKind.TARGET,
                                        Optional.empty(),
                                        file.object().contentType(),
                                        file.file())
                                .chain(object -> storage.accept(object, MediaKind.TARGET, Optional.empty())));
    }

    private Uni<Boolean> isKept(ObjectRef object) {
        return storage.grant(new StorageApi.DownloadRequest(
                        object.key(), StorageApi.Audience.SERVICE, Optional.empty(), Optional.empty()))
                .map(grant -> grant.object().sha256().equals(object.sha256()))
                .onFailure(failure -> failure instanceof StorageException refused && refused.status() == 404)
                .recoverWithItem(false);
    }

    private static List<Template> list() throws IOException {
        URL list = resource("templates.json");
        if (list == null) {
            LOG.warn("this build carries no templates: only own targets can be used");
            return List.of();
        }
        try (InputStream in = list.openStream()) {
            return EventJson.mapper()
                    .readerForListOf(Template.class)
                    .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .readValue(in);
        }
    }

    private TemplateFile file(String templateId, String name, String contentType) throws IOException {
        URL source = resource(templateId + "/" + name);
        if (source == null) {
            throw new IOException("templates.json names " + templateId + ", which has no " + name);
        }
        Path folder = Files.createDirectories(workFolder.resolve("templates").resolve(templateId));
        Path unfinished = Files.createTempFile(folder, name, ".new");
        MessageDigest digest = sha256();
        try (InputStream in = new DigestInputStream(source.openStream(), digest)) {
            Files.copy(in, unfinished, StandardCopyOption.REPLACE_EXISTING);
        }
        Path file = folder.resolve(name);
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return new TemplateFile(
                file,
                new ObjectRef(
                        ObjectKeys.template(templateId, name),
                        contentType,
                        Files.size(file),
                        HexFormat.of().formatHex(digest.digest())));
    }

    private static URL resource(String name) {
        return Thread.currentThread().getContextClassLoader().getResource(FOLDER + name);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
