package io.voice2face.gateway.service;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.event.ObjectRef;
import io.voice2face.contracts.event.Variant;
import io.voice2face.gateway.api.view.RequestView;
import io.voice2face.gateway.api.view.UserView;
import io.voice2face.gateway.domain.Job;
import io.voice2face.gateway.persistence.AccountRow;
import io.voice2face.gateway.persistence.RequestRow;
import io.voice2face.gateway.persistence.Requests;
import io.voice2face.gateway.persistence.ResultRow;
import io.voice2face.gateway.persistence.Results;
import io.voice2face.gateway.persistence.Webhooks;
import io.voice2face.storage.client.StorageClient;
import io.voice2face.storage.client.StorageException;
import io.voice2face.storage.client.WorkFolder;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Everything that is kept of a person, as a zip: {@code account.json}, {@code requests.json} and the media. One medium at
 * a time is fetched into a file and written on, so that the size of an export costs no memory. Blocks: for a worker thread.
 */
@ApplicationScoped
public class Export {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final List<String> PRODUCTS = List.of("face.png", "clip.mp4", "clip.gif", "clip.png", "poster.jpg");

    private final Transactions transactions;
    private final Requests requests;
    private final Results results;
    private final Webhooks webhooks;
    private final Views views;
    private final AccountService accounts;
    private final StorageClient storage;
    private final WorkFolder transfers;
    private final ObjectMapper json;

    Export(
            Transactions transactions,
            Requests requests,
            Results results,
            Webhooks webhooks,
            Views views,
            AccountService accounts,
            StorageClient storage,
            WorkFolder transfers,
            ObjectMapper json) {
        this.transactions = transactions;
        this.requests = requests;
        this.results = results;
        this.webhooks = webhooks;
        this.views = views;
        this.accounts = accounts;
        this.storage = storage;
        this.transfers = transfers;
        this.json = json;
    }

    private record AccountData(UserView account, List<String> webhooks, List<String> missing) {}

    private record Medium(String name, ObjectRef object) {}

    /** Writes the zip of an account and closes it. */
    public void write(AccountRow account, OutputStream out) throws IOException {
        UUID owner = account.id;
        List<RequestRow> rows = await(transactions.read(() -> requests.of(owner)));
        List<RequestView> shown = await(transactions.read(() -> views.of(rows)));
        List<String> urls = await(transactions.read(() -> webhooks.list("ownerId", owner))).stream()
                .map(hook -> hook.url)
                .toList();
        List<String> missing = new ArrayList<>();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            entry(zip, "requests.json", shown);
            for (Medium medium : media(rows)) {
                if (!copy(zip, medium)) {
                    missing.add(medium.name());
                }
            }
            entry(zip, "account.json", new AccountData(await(accounts.view(account)), urls, missing));
        }
    }

    private List<Medium> media(List<RequestRow> rows) {
        List<Medium> media = new ArrayList<>();
        if (rows.isEmpty()) {
            return media;
        }
        List<ResultRow> made = await(transactions.read(
                () -> results.of(rows.stream().map(row -> row.id).toList())));
        for (RequestRow row : rows) {
            String folder = "requests/" + row.id + "/";
            media.add(new Medium(
                    folder + "voice." + MediaLinks.extension(row.voice().contentType()), row.voice()));
            if (row.templateId().isEmpty()) {
                media.add(new Medium(
                        folder + "target." + MediaLinks.extension(row.target().contentType()), row.target()));
            }
            made.stream()
                    .filter(result -> result.requestId.equals(row.id))
                    .forEach(result -> addProducts(media, folder + "result-" + result.attempt + "/", result.job()));
        }
        return media;
    }

    private static void addProducts(List<Medium> media, String folder, Job job) {
        for (Variant variant : Variant.values()) {
            for (String file : PRODUCTS) {
                MediaLinks.object(job.variant(variant), file)
                        .ifPresent(
                                object -> media.add(new Medium(folder + variant.pathSegment() + "/" + file, object)));
            }
        }
    }

    /** False for what retention has deleted already. */
    private boolean copy(ZipOutputStream zip, Medium medium) throws IOException {
        Path file;
        try {
            file = await(storage.download(medium.object(), transfers.root()));
        } catch (StorageException e) {
            if (e.status() == 404) {
                return false;
            }
            throw new IOException(medium.name() + ": " + e.getMessage(), e);
        }
        try {
            zip.putNextEntry(new ZipEntry(medium.name()));
            Files.copy(file, zip);
            zip.closeEntry();
        } finally {
            Files.deleteIfExists(file);
        }
        return true;
    }

    private void entry(ZipOutputStream zip, String name, Object data) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        json.writerWithDefaultPrettyPrinter()
                .without(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                .writeValue(zip, data);
        zip.closeEntry();
    }

    private static <T> T await(Uni<T> work) {
        return work.await().atMost(PATIENCE);
    }
}
