package io.voice2face.gateway.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import jakarta.enterprise.context.ApplicationScoped;

import io.voice2face.gateway.config.GatewayConfig;

/** Where this service writes files, and nowhere else. */
@ApplicationScoped
public class WorkFolder {
    private final Path folder;

    WorkFolder(GatewayConfig config) throws IOException {
        this.folder = Files.createDirectories(config.workFolder()
                .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir"), "v2f-gateway-service"))
                .toAbsolutePath());
    }

    /** The folder itself; exists. */
    public Path folder() {
        return folder;
    }
}
