package io.voice2face.swap.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of faceswap-service. */
@ConfigMapping(prefix = "v2f")
public interface SwapServiceSettings {

    /** Token that this service shows to storage-service. */
    String serviceToken();

    /** Folder for the files of running jobs; they are deleted when their job ends. */
    @WithDefault("${java.io.tmpdir}/v2f-faceswap-service-${user.name}")
    Path workFolder();

    Storage storage();

    Limits limits();

    Workers workers();

    Inference inference();

    Swap swap();

    /** Where storage-service is. */
    interface Storage {
        @WithDefault("http://localhost:8083")
        URI url();

        /** How long a call is repeated while storage-service or the object store does not answer. */
        @WithDefault("20s")
        Duration patience();
    }

    /** What a target may be; checked against its headers before decoding. */
    interface Limits {
        /** Longest side of a picture in pixels. */
        @WithDefault("4096")
        int targetSide();

        /** Most pixels of a picture. */
        @WithDefault("12000000")
        long targetPixels();

        /** Longest clip. */
        @WithDefault("120s")
        Duration targetDuration();

        /** Most pictures of a clip. */
        @WithDefault("15000")
        long targetFrames();

        /** Largest file in bytes. */
        @WithDefault("209715200")
        long targetBytes();
    }

    /** Sizes of the pools that compute. */
    interface Workers {
        /** Clips that are swapped at the same time. */
        @WithDefault("2")
        int threads();

        /** Clips that may wait for a thread. */
        @WithDefault("64")
        int queue();

        /** Pictures of the clip that the service swaps for itself at its start, before the first job; 0 for none. */
        @WithDefault("60")
        int warmUpPictures();

        /** How long running work may go on when the service stops. */
        @WithDefault("5s")
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

    /** How faces are swapped. */
    interface Swap {
        /** Which faces of a target: {@code prominent}, {@code all}, or a number that counts from 0 at the left. */
        @WithDefault("prominent")
        String faces();

        /**
         * Pictures of targets whose faces are remembered, so that the other variant and the next job with the same
         * target need not look for them; 6 KB of heap for each face in each. A longer clip is not remembered. 0 for none.
         */
        @WithDefault("4000")
        long rememberedPictures();

        Learned learned();
    }

    /** How a learned swapper is used, if the operator's folder holds one. */
    interface Learned {
        /** 0–1: ½ is the source's identity as it is, less leans towards the target's, more away from it. */
        @WithDefault("0.5")
        double weight();

        /** Crops of so many times the swapper's side, in that many squared passes. */
        @WithDefault("1")
        int pixelBoost();

        /** 0–1: share of half the crop over which its border fades. */
        @WithDefault("0.3")
        double maskBlur();

        /** 0–1: share of the enhancer's picture, if there is an enhancer. */
        @WithDefault("0.8")
        double enhancerBlend();
    }
}
