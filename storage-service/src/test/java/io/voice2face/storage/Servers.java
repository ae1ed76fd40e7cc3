package io.voice2face.storage;

import java.util.HashMap;
import java.util.Map;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.voice2face.embedded.EmbeddedPostgres;
import io.voice2face.embedded.EmbeddedServers;

/** Broker, database and object store for the tests. */
public class Servers implements QuarkusTestResourceLifecycleManager {
    public static final String TOKEN = "token-of-the-tests-0123456789";

    private EmbeddedServers servers;

    @Override
    public Map<String, String> start() {
        servers = EmbeddedServers.startTemporary();
        Map<String, String> settings = new HashMap<>(servers.settings(EmbeddedPostgres.STORAGE));
        settings.put("v2f.service-token", TOKEN);
        settings.put("v2f.messaging.retry.max-attempts", "3");
        settings.put("v2f.messaging.retry.initial-delay", "20ms");
        settings.put("v2f.limits.face-bytes", "1M");
        settings.put("quarkus.http.test-port", "0");
        settings.put("v2f.retention.voice", "30D");
        settings.put("v2f.retention.face", "60D");
        settings.put("v2f.retention.every", "24H");
        settings.put("v2f.retention.batch", "3");
        settings.put("v2f.orphans.every", "24H");
        settings.put("v2f.audit.every", "24H");
        return settings;
    }

    @Override
    public void stop() {
        if (servers != null) {
            servers.close();
        }
    }
}
