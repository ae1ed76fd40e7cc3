package io.voice2face.face.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of voice2face-service. */
@ConfigMapping(prefix = "v2f")
public interface FaceServiceSettings {

    /** Token that this service shows to storage-service. */
    String serviceToken();

    /** Folder for the files of running jobs; they are deleted when their job ends. */
    @WithDefault("${java.io.tmpdir}/v2f-voice2face-service-${user.name}")
    Path workFolder();

    Storage storage();

    Limits limits();

    Workers workers();

    Inference inference();

    /** Where storage-service is. */
    interface Storage {
        @WithDefault("http://localhost:8083")
        URI url();

        /** How long a call is repeated while storage-service or the object store does not answer. */
        @WithDefault("20s")
        Duration patience();
    }

    /** What a voice may be. */
    interface Limits {
        /** Longest recording in seconds; a longer one is rejected as {@code voice_too_long}. */
        @WithDefault("120")
        double voiceSeconds();

        /** Largest recording in bytes. */
        @WithDefault("33554432")
        long voiceBytes();

        /** Least speech in seconds; less is rejected as {@code speech_too_short}. */
        @WithDefault("1.0")
        double minSpeechSeconds();
    }

    /** Sizes of the pool that computes. */
    interface Workers {
        /** Threads that decode, analyse and generate. */
        @WithDefault("2")
        int threads();

        /** Pieces of work that may wait for a thread. */
        @WithDefault("64")
        int queue();

        /** How long running work may go on when the service stops. */
        @WithDefault("20s")
        Duration closeTimeout();
    }

    /** How models run. */
    interface Inference {
        /** {@code auto}, {@code cpu} or {@code cuda}. */
        @WithDefault("auto")
        String provider();

        /** Threads of ONNX Runtime inside one run. */
        @WithDefault("2")
        int threads();

        /** Folder with an operator's model packs, which win over the embedded ones of the same kind. */
        Optional<Path> modelsFolder();
    }
}
