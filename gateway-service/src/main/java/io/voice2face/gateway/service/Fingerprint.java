package io.voice2face.gateway.service;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over everything that a client sent with an Idempotency-Key. Blocks: for a worker thread. */
final class Fingerprint {
    private final MessageDigest digest;

    private Fingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static String of(Submission submission) throws IOException {
        Fingerprint fingerprint = new Fingerprint();
        fingerprint.add(submission.age() + "/" + submission.gender() + "/" + submission.skinTone()
                + (submission.gifPreview() ? "/gif" : ""));
        fingerprint.add(submission.voice());
        if (submission.target() instanceof Submission.WantedTarget.Own own) {
            fingerprint.add(own.file());
        } else if (submission.target() instanceof Submission.WantedTarget.BuiltIn builtIn) {
            fingerprint.add(builtIn.templateId());
        }
        return HexFormat.of().formatHex(fingerprint.digest.digest());
    }

    /** Fingerprint of a call that says nothing but where it goes. */
    static String of(String text) {
        Fingerprint fingerprint = new Fingerprint();
        fingerprint.add(text);
        return HexFormat.of().formatHex(fingerprint.digest.digest());
    }

    private void add(String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    private void add(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[64 * 1024];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        digest.update((byte) 0);
    }
}
