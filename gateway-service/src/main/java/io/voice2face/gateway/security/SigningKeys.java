package io.voice2face.gateway.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;

import io.quarkus.runtime.Startup;
import io.quarkus.scheduler.Scheduled;
import io.voice2face.gateway.config.GatewayConfig;

/**
 * RSA keys that tokens are signed with: the files {@code <kid>.pem} (PKCS #8) of a folder. The last by name signs, all
 * verify; so a key is rotated by adding a file, and retired by removing it once its tokens have run out. Where the folder
 * is empty a first key is made.
 */
@Startup
@ApplicationScoped
public class SigningKeys {
    private static final Logger LOG = Logger.getLogger(SigningKeys.class);
    private static final String SUFFIX = ".pem";
    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";
    private static final DateTimeFormatter KEY_TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss").withZone(ZoneOffset.UTC);

    private final Path folder;
    private volatile NavigableMap<String, KeyPair> keys = new TreeMap<>();

    SigningKeys(GatewayConfig config) {
        this.folder = config.tokens().keysFolder().toAbsolutePath();
        try {
            load();
            if (keys.isEmpty()) {
                generate();
                load();
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("the signing keys in " + folder + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** A key and its id. */
    public record Signing(String kid, PrivateKey key) {}

    /** Key that signs new tokens. */
    public Signing signing() {
        var last = keys.lastEntry();
        return new Signing(last.getKey(), last.getValue().getPrivate());
    }

    /** Key that verifies the tokens of an id; empty for a key that was never here or is retired. */
    public Optional<PublicKey> verifying(String kid) {
        return Optional.ofNullable(keys.get(kid)).map(KeyPair::getPublic);
    }

    /** Takes in keys that were added to the folder, and lets go of those that were removed. */
    @Scheduled(every = "${v2f.tokens.keys-reload:10s}", delayed = "${v2f.tokens.keys-reload:10s}")
    void reload() {
        try {
            load();
        } catch (IOException | GeneralSecurityException e) {
            LOG.warnf("the signing keys in %s cannot be read, the ones known stay: %s", folder, e.getMessage());
        }
    }

    private void load() throws IOException, GeneralSecurityException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        NavigableMap<String, KeyPair> found = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(SUFFIX)).toList()) {
                String name = file.getFileName().toString();
                found.put(name.substring(0, name.length() - SUFFIX.length()), read(file));
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        if (!found.isEmpty()) {
            keys = found;
        }
    }

    private static KeyPair read(Path file) throws IOException, GeneralSecurityException {
        String pem = Files.readString(file).replace(BEGIN, "").replace(END, "").replaceAll("\\s", "");
        KeyFactory rsa = KeyFactory.getInstance("RSA");
        PrivateKey secret =
                rsa.generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        RSAPrivateCrtKey numbers = (RSAPrivateCrtKey) secret;
        PublicKey open = rsa.generatePublic(new RSAPublicKeySpec(numbers.getModulus(), numbers.getPublicExponent()));
        return new KeyPair(open, secret);
    }

    private void generate() throws IOException, GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        String pem = BEGIN
                + "\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(generator.generateKeyPair().getPrivate().getEncoded())
                + "\n"
                + END
                + "\n";
        Files.createDirectories(folder);
        String kid = KEY_TIME.format(Instant.now()) + "-"
                + UUID.randomUUID().toString().substring(0, 8);
        Path unfinished = Files.createTempFile(folder, "key", ".new");
        if (Files.getFileStore(unfinished).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw-------"));
        }
        Files.writeString(unfinished, pem);
        Files.move(unfinished, folder.resolve(kid + SUFFIX), StandardCopyOption.ATOMIC_MOVE);
        LOG.infof("made the first signing key %s in %s", kid, folder);
    }
}
