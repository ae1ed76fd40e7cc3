package io.voice2face.embedded;

/** Key pair that S3 requests are signed with. */
public record S3Credentials(String accessKey, String secretKey) {
    /** A new pair that nobody can guess. */
    public static S3Credentials generate() {
        return new S3Credentials("v2f" + Secrets.hex(8), Secrets.hex(32));
    }

    @Override
    public String toString() {
        return "S3Credentials[" + accessKey + "]";
    }
}
