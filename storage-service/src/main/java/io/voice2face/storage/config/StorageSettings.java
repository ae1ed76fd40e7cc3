package io.voice2face.storage.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.voice2face.contracts.event.MediaKind;

/** Settings of storage-service. */
@ConfigMapping(prefix = "v2f")
public interface StorageSettings {

    /** Token that the other services call with, at least 16 characters. */
    String serviceToken();

    /** Tokens that are still taken while services change to a new one. */
    Optional<List<String>> formerServiceTokens();

    S3 s3();

    Limits limits();

    Workers workers();

    Retention retention();

    Orphans orphans();

    Audit audit();

    /** The object store: MinIO or any other that speaks S3. */
    interface S3 {
        /** Address for this service and the workers. */
        @WithDefault("http://localhost:9000")
        URI endpoint();

        /** Address under which browsers reach the same store; links for the public are signed for it. */
        Optional<URI> publicEndpoint();

        @WithDefault("us-east-1")
        String region();

        String accessKey();

        String secretKey();

        /** Private bucket; created at start where it is missing. */
        @WithDefault("v2f")
        String bucket();

        /** How long a presigned PUT is valid. */
        @WithDefault("10M")
        Duration uploadExpiry();

        /** How long a presigned GET is valid. */
        @WithDefault("10M")
        Duration downloadExpiry();
    }

    /** Largest object of each kind. */
    interface Limits {
        @WithDefault("256M")
        MemorySize voiceBytes();

        @WithDefault("512M")
        MemorySize targetBytes();

        @WithDefault("16M")
        MemorySize faceBytes();

        @WithDefault("1G")
        MemorySize clipBytes();

        @WithDefault("256M")
        MemorySize gifBytes();

        @WithDefault("16M")
        MemorySize posterBytes();

        /** Limit of a kind in bytes. */
        default long bytesOf(MediaKind kind) {
            return (switch (kind) {
                        case VOICE -> voiceBytes();
                        case TARGET -> targetBytes();
                        case FACE -> faceBytes();
                        case CLIP -> clipBytes();
                        case GIF -> gifBytes();
                        case POSTER -> posterBytes();
                    })
                    .asLongValue();
        }
    }

    interface Workers {
        /** Threads for calls to the object store. */
        @WithDefault("8")
        int s3();

        /** Calls that may wait for a thread. */
        @WithDefault("1000")
        int s3Queue();
    }

    /** How long objects of requests are kept after their acceptance; without a value until they are erased. */
    interface Retention {
        Optional<Duration> voice();

        Optional<Duration> target();

        Optional<Duration> face();

        /** Clips, their GIFs and posters. */
        Optional<Duration> clip();

        @WithDefault("10M")
        Duration every();

        /** Objects that are deleted in one transaction. */
        @WithDefault("100")
        int batch();

        /** Retention of a kind. */
        default Optional<Duration> of(MediaKind kind) {
            return switch (kind) {
                case VOICE -> voice();
                case TARGET -> target();
                case FACE -> face();
                case CLIP, GIF, POSTER -> clip();
            };
        }
    }

    /** Deletion of objects that no row knows. */
    interface Orphans {
        @WithDefault("1H")
        Duration every();

        /** Age from which an object without a row is one that nobody will announce any more. */
        @WithDefault("24H")
        Duration grace();
    }

    /** Comparison of kept objects with their checksums. */
    interface Audit {
        @WithDefault("1H")
        Duration every();

        /** Each object is read again when its last check is older than this. */
        @WithDefault("7D")
        Duration recheckAfter();

        /** Objects that one run reads at most. */
        @WithDefault("500")
        int objectsPerRun();
    }

    /** Retention by kind, for those that have one. */
    default Map<MediaKind, Duration> retentionByKind() {
        Map<MediaKind, Duration> byKind = new java.util.EnumMap<>(MediaKind.class);
        for (MediaKind kind : MediaKind.values()) {
            retention().of(kind).ifPresent(kept -> byKind.put(kind, kept));
        }
        return byKind;
    }
}
