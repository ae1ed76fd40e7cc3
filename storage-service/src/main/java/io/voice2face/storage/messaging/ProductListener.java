package io.voice2face.storage.messaging;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.event.FaceGenerated;
import io.voice2face.contracts.event.JobFailed;
import io.voice2face.contracts.event.JobProgressed;
import io.voice2face.contracts.event.MediaKind;
import io.voice2face.contracts.event.MediaStored;
import io.voice2face.contracts.event.Reasons;
import io.voice2face.contracts.event.Stage;
import io.voice2face.contracts.event.Variant;
import io.voice2face.contracts.event.VideoSwapped;
import io.voice2face.messaging.Delivery;
import io.voice2face.messaging.EventConsumer;
import io.voice2face.messaging.EventHandler;
import io.voice2face.messaging.EventPublisher;
import io.voice2face.messaging.MeshMetrics;
import io.voice2face.storage.domain.Depot;
import io.voice2face.storage.domain.StorageFault;

/**
 * Verifies and keeps what the workers announce, and says so.
 *
 * <p>Delivery: the register's transaction comes first, then {@code media-stored}, then the acknowledgement. Whoever dies
 * in between is given the record again, finds the rows as they are and announces the same event (same id) again.
 */
@ApplicationScoped
class ProductListener {
    private static final Logger LOG = Logger.getLogger(ProductListener.class);

    private final EventConsumer consumer;
    private final EventPublisher publisher;
    private final Depot depot;
    private final MeshMetrics metrics;

    ProductListener(EventConsumer consumer, EventPublisher publisher, Depot depot, MeshMetrics metrics) {
        this.consumer = consumer;
        this.publisher = publisher;
        this.depot = depot;
        this.metrics = metrics;
    }

    @Incoming("face-generated")
    Uni<Void> onFace(Message<byte[]> message) {
        return consumer.consume(message, FaceGenerated.class, new EventHandler<>() {
            @Override
            public Uni<Void> handle(FaceGenerated event, Delivery delivery) {
                return keep(product(event));
            }

            @Override
            public Uni<Void> giveUp(FaceGenerated event, Throwable failure) {
                return fail(product(event), failure);
            }
        });
    }

    @Incoming("video-swapped")
    Uni<Void> onVideo(Message<byte[]> message) {
        return consumer.consume(message, VideoSwapped.class, new EventHandler<>() {
            @Override
            public Uni<Void> handle(VideoSwapped event, Delivery delivery) {
                publisher.announce(progress(event, 0));
                return keep(product(event)).invoke(() -> publisher.announce(progress(event, 1)));
            }

            @Override
            public Uni<Void> giveUp(VideoSwapped event, Throwable failure) {
                return fail(product(event), failure);
            }
        });
    }

    /** What a worker announced. */
    private record Product(
            UUID requestId, UUID resultId, Variant variant, List<Depot.Item> items, Instant announcedAt) {}

    private static Product product(FaceGenerated event) {
        return new Product(
                event.requestId(),
                event.resultId(),
                event.variant(),
                List.of(new Depot.Item(MediaKind.FACE, event.face())),
                event.generatedAt());
    }

    private static Product product(VideoSwapped event) {
        List<Depot.Item> items = new ArrayList<>();
        items.add(new Depot.Item(MediaKind.CLIP, event.clip()));
        event.gif().ifPresent(gif -> items.add(new Depot.Item(MediaKind.GIF, gif)));
        event.poster().ifPresent(poster -> items.add(new Depot.Item(MediaKind.POSTER, poster)));
        return new Product(event.requestId(), event.resultId(), event.variant(), items, event.swappedAt());
    }

    private Uni<Void> keep(Product product) {
        return depot.keep(Optional.of(product.requestId()), product.items())
                .chain(storedAt -> publisher.publish(new MediaStored(
                        product.requestId(),
                        product.resultId(),
                        product.variant(),
                        product.items().stream()
                                .map(item -> new MediaStored.StoredObject(item.kind(), item.object()))
                                .toList(),
                        storedAt)))
                .invoke(() -> metrics.job("succeeded"))
                .onFailure(StorageFault.class)
                .recoverWithUni(fault -> settle(product, (StorageFault) fault));
    }

    /** Of an erased request, or replaced by a later attempt at the same work: nothing to keep, and nothing wrong. */
    private Uni<Void> settle(Product product, StorageFault fault) {
        return depot.isErased(product.requestId()).chain(erased -> {
            if (erased) {
                LOG.infof("not kept: the request has been erased");
                return depot.erase(product.requestId(), Instant.now()).replaceWithVoid();
            }
            return depot.isSuperseded(product.items().get(0).object(), product.announcedAt())
                    .chain(superseded -> superseded
                            ? Uni.createFrom().voidItem()
                            : Uni.createFrom().<Void>failure(fault));
        });
    }

    private Uni<Void> fail(Product product, Throwable failure) {
        metrics.job("failed");
        return publisher.publish(new JobFailed(
                product.requestId(),
                product.resultId(),
                Optional.of(product.variant()),
                Stage.STORING,
                JobFailed.Fault.SYSTEM,
                failure instanceof StorageFault fault ? fault.reason() : Reasons.INTERNAL,
                "What was made could not be stored.",
                Map.of(),
                Instant.now()));
    }

    private static JobProgressed progress(VideoSwapped event, long done) {
        return new JobProgressed(
                event.requestId(),
                event.resultId(),
                Optional.of(event.variant()),
                Stage.STORING,
                done,
                1,
                OptionalDouble.empty(),
                Instant.now());
    }
}
