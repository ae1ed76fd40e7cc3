package io.voice2face.gateway.web;

import java.util.List;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of the web page. */
@ConfigMapping(prefix = "v2f.web")
public interface WebPageConfig {
    /**
     * Origins that pictures, clips and recordings may come from besides the gateway itself: the public endpoint of the
     * object store, which presigned URLs lead to. The default fits a store on this very machine.
     */
    @WithDefault("http://localhost:*,http://127.0.0.1:*")
    List<String> mediaOrigins();
}
