package io.voice2face.gateway.api;

import java.util.List;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

import io.voice2face.gateway.config.GatewayConfig;
import io.voice2face.gateway.service.Maintenance;

/** What a client has to know before it begins; open to everyone, also in maintenance. */
@Path("/api/v1/config")
@Tag(name = "Config", description = "Limits and the maintenance switch.")
public class ConfigResource {
    private final GatewayConfig config;
    private final Maintenance maintenance;

    ConfigResource(GatewayConfig config, Maintenance maintenance) {
        this.config = config;
        this.maintenance = maintenance;
    }

    /** What a client has to know. */
    @Schema(name = "Config")
    public record ConfigView(
            boolean maintenance,
            LimitsView limits,
            @Schema(description = "requests that may be unfinished or succeeded") int quota,
            String consentVersion,
            List<String> languages) {}

    /** Limits of uploads. */
    @Schema(name = "Limits")
    public record LimitsView(long voiceBytes, int voiceSeconds, long targetBytes, int targetSeconds) {}

    @GET
    @Revalidated
    @Operation(operationId = "getConfig", summary = "Limits and switches")
    public ConfigView get() {
        GatewayConfig.Limits limits = config.limits();
        return new ConfigView(
                maintenance.isOn(),
                new LimitsView(
                        limits.voiceBytes(), limits.voiceSeconds(), limits.targetBytes(), limits.targetSeconds()),
                limits.quota(),
                config.consent().version(),
                config.consent().languages());
    }
}
