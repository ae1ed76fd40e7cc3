package io.voice2face.local;

import java.util.List;

/** The four services, and what each gets of the machine. */
enum MeshService {
    // what mostly waits is not worth the second compiler: at the start it takes the cores from those that work
    STORAGE("storage-service", 8083, List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")),
    GATEWAY("gateway-service", 8080, List.of("-Xmx320m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")),
    VOICE2FACE("voice2face-service", 8081, List.of("-Xmx512m", "-XX:+UseSerialGC")),
    // a small young generation, and an old one that starts small: what the JVM holds does not grow with the clip
    FACESWAP(
            "faceswap-service",
            8082,
            List.of("-Xmx512m", "-Xms96m", "-Xmn32m", "-XX:SurvivorRatio=3", "-XX:+UseSerialGC"));

    private final String serviceName;
    private final int preferredPort;
    private final List<String> jvmOptions;

    MeshService(String serviceName, int preferredPort, List<String> jvmOptions) {
        this.serviceName = serviceName;
        this.preferredPort = preferredPort;
        this.jvmOptions = jvmOptions;
    }

    /** Name of the service and of its module. */
    String serviceName() {
        return serviceName;
    }

    /** Port that it gets unless it is taken. */
    int preferredPort() {
        return preferredPort;
    }

    List<String> jvmOptions() {
        return jvmOptions;
    }
}
