package io.voice2face.face.mesh;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

import io.voice2face.contracts.EventJson;
import io.voice2face.contracts.event.ObjectRef;
import io.voice2face.contracts.storage.StorageApi;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/** The contract of storage-service's HTTP API over a map, for tests of this service alone. */
public final class FolderStorage implements AutoCloseable {

    private final Map<String, byte[]> objects = new ConcurrentHashMap<>();
    private final HttpServer server;

    private FolderStorage(HttpServer server) {
        this.server = server;
    }

    /** Starts it on a free port. */
    public static FolderStorage start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        FolderStorage storage = new FolderStorage(server);
        server.setExecutor(Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "folder-storage");
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext(StorageApi.UPLOADS, storage::grantUpload);
        server.createContext(StorageApi.DOWNLOADS, storage::grantDownload);
        server.createContext("/objects/", storage::object);
        server.start();
        return storage;
    }

    /** Address of the API. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void grantUpload(HttpExchange call) throws IOException {
        StorageApi.UploadRequest wish =
                EventJson.mapper().readValue(call.getRequestBody(), StorageApi.UploadRequest.class);
        answer(
                call,
                200,
                new StorageApi.UploadGrant(
                        objectUrl(wish.key()), Map.of(), Instant.now().plusSeconds(60)));
    }

    private void grantDownload(HttpExchange call) throws IOException {
        StorageApi.DownloadRequest wish =
                EventJson.mapper().readValue(call.getRequestBody(), StorageApi.DownloadRequest.class);
        byte[] bytes = objects.get(wish.key());
        if (bytes == null) {
            answer(call, 404, Map.of("reason", "object_missing", "detail", "there is no " + wish.key()));
            return;
        }
        answer(
                call,
                200,
                new StorageApi.DownloadGrant(
                        objectUrl(wish.key()),
                        reference(wish.key(), "application/octet-stream", bytes),
                        Instant.now().plusSeconds(60)));
    }

    private void object(HttpExchange call) throws IOException {
        String key = call.getRequestURI().getPath().substring("/objects/".length());
        try (InputStream in = call.getRequestBody()) {
            if (call.getRequestMethod().equals("PUT")) {
                objects.put(key, in.readAllBytes());
                call.sendResponseHeaders(200, -1);
            } else {
                byte[] bytes = objects.get(key);
                call.sendResponseHeaders(bytes == null ? 404 : 200, bytes == null ? -1 : bytes.length);
                if (bytes != null) {
                    call.getResponseBody().write(bytes);
                }
            }
        } finally {
            call.close();
        }
    }

    private URI objectUrl(String key) {
        return url().resolve("/objects/" + key);
    }

    private static void answer(HttpExchange call, int status, Object body) throws IOException {
        byte[] json = EventJson.mapper().writeValueAsBytes(body);
        call.getResponseHeaders().set("Content-Type", "application/json");
        call.sendResponseHeaders(status, json.length);
        call.getResponseBody().write(json);
        call.close();
    }

    /** Reference of bytes. */
    static ObjectRef reference(String key, String contentType, byte[] bytes) {
        try {
            String sha256 = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            return new ObjectRef(key, contentType, bytes.length, sha256);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** UTF-8 bytes of a text. */
    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
