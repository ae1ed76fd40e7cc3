package io.voice2face.messaging;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;

import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.event.FaceGenerated;
import io.voice2face.contracts.event.JobFailed;
import io.voice2face.contracts.event.JobProgressed;
import io.voice2face.contracts.event.MediaStored;
import io.voice2face.contracts.event.MeshEvent;
import io.voice2face.contracts.event.RequestCompleted;
import io.voice2face.contracts.event.RequestErased;
import io.voice2face.contracts.event.VideoSwapped;
import io.voice2face.contracts.event.VoiceSubmitted;

/** A service that consumes every topic and does with each request what a test says. */
@ApplicationScoped
public class TestListeners {
    record Call(MeshEvent event, Delivery delivery) {}

    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final Queue<UUID> givenUp = new ConcurrentLinkedQueue<>();
    private final Map<UUID, Function<Call, Uni<Void>>> behaviour = new ConcurrentHashMap<>();

    private final EventConsumer consumer;

    TestListeners(EventConsumer consumer) {
        this.consumer = consumer;
    }

    /** What is to be done with the events of a request; nothing if nothing is said. */
    Map<UUID, Function<Call, Uni<Void>>> behaviour() {
        return behaviour;
    }

    Queue<UUID> givenUp() {
        return givenUp;
    }

    List<Call> callsFor(UUID requestId) {
        return calls.stream()
                .filter(call -> call.event().requestId().equals(requestId))
                .toList();
    }

    @Incoming("voice-submitted")
    Uni<Void> voice(Message<byte[]> message) {
        return on(message, VoiceSubmitted.class);
    }

    @Incoming("face-generated")
    Uni<Void> face(Message<byte[]> message) {
        return on(message, FaceGenerated.class);
    }

    @Incoming("video-swapped")
    Uni<Void> video(Message<byte[]> message) {
        return on(message, VideoSwapped.class);
    }

    @Incoming("media-stored")
    Uni<Void> media(Message<byte[]> message) {
        return on(message, MediaStored.class);
    }

    @Incoming("job-progressed")
    Uni<Void> progress(Message<byte[]> message) {
        return on(message, JobProgressed.class);
    }

    @Incoming("job-failed")
    Uni<Void> failure(Message<byte[]> message) {
        return on(message, JobFailed.class);
    }

    @Incoming("request-completed")
    Uni<Void> completed(Message<byte[]> message) {
        return on(message, RequestCompleted.class);
    }

    @Incoming("request-erased")
    Uni<Void> erased(Message<byte[]> message) {
        return on(message, RequestErased.class);
    }

    private <E extends MeshEvent> Uni<Void> on(Message<byte[]> message, Class<E> type) {
        return consumer.consume(message, type, new EventHandler<E>() {
            @Override
            public Uni<Void> handle(E event, Delivery delivery) {
                Call call = new Call(event, delivery);
                calls.add(call);
                return behaviour
                        .getOrDefault(
                                event.requestId(), done -> Uni.createFrom().voidItem())
                        .apply(call);
            }

            @Override
            public Uni<Void> giveUp(E event, Throwable failure) {
                givenUp.add(event.requestId());
                return Uni.createFrom().voidItem();
            }
        });
    }
}
