package io.voice2face.storage.api;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.storage.StorageApi;
import io.voice2face.storage.maintenance.Maintenance;

/** Retention and the scheduled jobs, for the gateway's operators. */
@Path(StorageApi.MAINTENANCE)
@Produces(MediaType.APPLICATION_JSON)
public class MaintenanceResource {
    private final Maintenance maintenance;

    MaintenanceResource(Maintenance maintenance) {
        this.maintenance = maintenance;
    }

    @GET
    public Uni<StorageApi.Maintenance> state() {
        return maintenance.state();
    }

    @POST
    @Path("/{job}/runs")
    public Uni<StorageApi.MaintenanceJob> run(String job) {
        return maintenance.runNow(job);
    }
}
