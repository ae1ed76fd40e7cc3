package io.voice2face.storage.maintenance;

import java.time.Duration;

import io.smallrye.mutiny.Uni;

/** Work that is done from time to time, by one of the instances. */
interface MaintenanceTask {
    /** Name in the table {@code maintenance_run} and in the API. */
    String name();

    /** Time between the starts of two runs. */
    Duration every();

    /**
     * Does it. Stopped at any point and done again, it ends the same.
     *
     * @return number of objects that were deleted or found faulty
     */
    Uni<Long> run();
}
