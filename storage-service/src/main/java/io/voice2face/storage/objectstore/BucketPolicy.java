package io.voice2face.storage.objectstore;

/** Policy of the private bucket. */
final class BucketPolicy {
    private BucketPolicy() {}

    /**
     * Refuses every request that is not signed: only those have no {@code s3:authType}. What the credentials' own policies allow stays allowed: presigned URLs
     * are signed by them.
     */
    static String withoutAnonymous(String bucket) {
        return """
                {"Version":"2012-10-17","Statement":[{"Sid":"NoAnonymousAccess","Effect":"Deny","Principal":{"AWS":["*"]},\
                "Action":["s3:GetObject","s3:PutObject","s3:DeleteObject","s3:ListBucket"],\
                "Resource":["arn:aws:s3:::%1$s","arn:aws:s3:::%1$s/*"],\
                "Condition":{"Null":{"s3:authType":"true"}}}]}"""
                .formatted(bucket);
    }
}
