package io.voice2face.local;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

import io.voice2face.embedded.S3Credentials;
import io.voice2face.embedded.Secrets;

/**
 * Secrets of one local run, made up at its first start and kept with its data.
 *
 * @param databasePassword of PostgreSQL
 * @param s3 key pair of the S3 server
 * @param serviceToken that the services show one another
 */
record LocalSecrets(String databasePassword, S3Credentials s3, String serviceToken) {

    /** Reads the secrets of a home, or makes them up and keeps them. */
    static LocalSecrets of(LocalHome home) {
        Path file = home.secrets();
        try {
            if (!Files.exists(file)) {
                S3Credentials s3 = S3Credentials.generate();
                Properties fresh = new Properties();
                fresh.setProperty("database.password", Secrets.hex(24));
                fresh.setProperty("s3.access-key", s3.accessKey());
                fresh.setProperty("s3.secret-key", s3.secretKey());
                fresh.setProperty("service.token", Secrets.hex(32));
                StringWriter text = new StringWriter();
                fresh.store(text, "secrets of the local run, made up at its first start");
                LocalHome.writePrivate(file, text.toString());
            }
            Properties kept = new Properties();
            try (Reader reader = Files.newBufferedReader(file)) {
                kept.load(reader);
            }
            return new LocalSecrets(
                    required(kept, "database.password", file),
                    new S3Credentials(required(kept, "s3.access-key", file), required(kept, "s3.secret-key", file)),
                    required(kept, "service.token", file));
        } catch (IOException e) {
            throw new LocalRunException("The secrets in " + file + " cannot be read or written: " + e.getMessage(), e);
        }
    }

    private static String required(Properties properties, String name, Path file) {
        String value = properties.getProperty(name);
        if (value == null || value.isBlank()) {
            throw new LocalRunException(
                    file + " lacks " + name + "; delete the folder " + file.getParent() + " to start afresh.");
        }
        return value;
    }

    @Override
    public String toString() {
        return "LocalSecrets[]";
    }
}
