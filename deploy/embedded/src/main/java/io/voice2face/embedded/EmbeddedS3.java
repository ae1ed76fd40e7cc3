package io.voice2face.embedded;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.gaul.s3proxy.CrossOriginResourceSharing;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/**
 * An S3 server over a folder. Signed requests and presigned URLs only (AWS signature 2 or 4); anonymous, tampered and
 * expired ones are refused.
 */
public final class EmbeddedS3 implements AutoCloseable {
    /** Region that clients sign for; the server takes any. */
    public static final String REGION = "us-east-1";

    private final S3Proxy server;
    private final S3Credentials credentials;

    private EmbeddedS3(S3Proxy server, S3Credentials credentials) {
        this.server = server;
        this.credentials = credentials;
    }

    /**
     * Starts a server on 127.0.0.1.
     *
     * @param folder where buckets and objects are and stay
     * @param port port to listen on, 0 for any free one
     * @param credentials the only ones that it knows
     * @throws EmbeddedServerException if it does not come up
     */
    public static EmbeddedS3 start(Path folder, int port, S3Credentials credentials) {
        int listenerPort = port == 0 ? Ports.free() : port;
        try {
            Path data = Files.createDirectories(folder).toAbsolutePath();
            S3Proxy server = S3Proxy.builder()
                    .endpoint(URI.create("http://127.0.0.1:" + listenerPort))
                    .blobStore(new FilesystemNio2BlobStore(data.toString()))
                    .awsAuthentication(
                            AuthenticationType.AWS_V2_OR_V4, credentials.accessKey(), credentials.secretKey())
                    // a page may read what it has a presigned URL for; nothing is allowed by where a request comes from
                    .corsRules(new CrossOriginResourceSharing(
                            List.of("*"), List.of("GET", "HEAD"), List.of(), List.of(), ""))
                    .build();
            server.start();
            return new EmbeddedS3(server, credentials);
        } catch (Exception e) {
            throw new EmbeddedServerException(
                    "S3 did not start on port " + listenerPort + " in " + folder + ": " + e.getMessage(), e);
        }
    }

    /** Base URL, path-style addressing. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getPort());
    }

    /** What requests must be signed with. */
    public S3Credentials credentials() {
        return credentials;
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new EmbeddedServerException("S3 did not stop: " + e.getMessage(), e);
        }
    }
}
