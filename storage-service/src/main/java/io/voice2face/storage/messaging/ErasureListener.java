package io.voice2face.storage.messaging;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.event.RequestErased;
import io.voice2face.messaging.EventConsumer;
import io.voice2face.storage.domain.Depot;

/** Deletes what there is of an erased request. */
@ApplicationScoped
class ErasureListener {
    private static final Logger LOG = Logger.getLogger(ErasureListener.class);

    private final EventConsumer consumer;
    private final Depot depot;

    ErasureListener(EventConsumer consumer, Depot depot) {
        this.consumer = consumer;
        this.depot = depot;
    }

    @Incoming("request-erased")
    Uni<Void> onErased(Message<byte[]> message) {
        return consumer.consume(
                message, RequestErased.class, (event, delivery) -> depot.erase(event.requestId(), event.erasedAt())
                        .invoke(objects -> LOG.infof("erased, %d objects", objects))
                        .replaceWithVoid());
    }
}
