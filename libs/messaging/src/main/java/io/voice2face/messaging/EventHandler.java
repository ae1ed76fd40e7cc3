package io.voice2face.messaging;

import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.event.MeshEvent;

/** What a service does with an event. It may be called again with the same event, so doing it twice is doing it once. */
@FunctionalInterface
public interface EventHandler<E extends MeshEvent> {

    /**
     * Does the work. Called on the event's own Vert.x context, never to be blocked: long work goes to a
     * {@link WorkerPool}.
     *
     * @return completes when the output is durable and announced. A failure is retried, unless it is a
     *     {@link PermanentFailureException}.
     */
    Uni<Void> handle(E event, Delivery delivery);

    /**
     * Called once before the record goes to the dead-letter topic because the retries are used up, or because of a
     * {@link PermanentFailureException}: the place to say {@code job-failed}. A failure in here is retried like the
     * work itself.
     */
    default Uni<Void> giveUp(E event, Throwable failure) {
        return Uni.createFrom().voidItem();
    }
}
