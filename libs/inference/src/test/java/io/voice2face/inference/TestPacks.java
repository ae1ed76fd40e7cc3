package io.voice2face.inference;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Writes model packs into an operator's folder. */
public final class TestPacks {
    private final Path folder;

    public TestPacks(Path folder) {
        this.folder = folder;
    }

    /** A pack whose manifest has the usual head and the lines given. */
    public TestPacks add(String id, ModelKind kind, byte[] weights, String manifestRest) {
        return write(
                id,
                weights,
                """
                id: %s
                version: "1"
                kind: %s
                licence: test
                file: model.onnx
                sha256: %s
                %s"""
                        .formatted(id, kind.label(), sha256(weights), manifestRest));
    }

    public TestPacks write(String id, byte[] weights, String manifest) {
        try {
            Path pack = Files.createDirectories(folder.resolve(id));
            Files.write(pack.resolve("model.onnx"), weights);
            Files.writeString(pack.resolve("model.yaml"), manifest);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public ModelPacks load(String... embedded) {
        return ModelPacks.load(TestPacks.class.getClassLoader(), List.of(embedded), Optional.of(folder));
    }

    public static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
