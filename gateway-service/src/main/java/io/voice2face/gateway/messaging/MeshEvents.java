package io.voice2face.gateway.messaging;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;

import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.event.FaceGenerated;
import io.voice2face.contracts.event.JobFailed;
import io.voice2face.contracts.event.JobProgressed;
import io.voice2face.contracts.event.MediaStored;
import io.voice2face.contracts.event.VideoSwapped;
import io.voice2face.gateway.service.JobProgression;
import io.voice2face.messaging.EventConsumer;

/** Events that move jobs. */
@ApplicationScoped
public class MeshEvents {
    private final EventConsumer consumer;
    private final JobProgression progression;

    MeshEvents(EventConsumer consumer, JobProgression progression) {
        this.consumer = consumer;
        this.progression = progression;
    }

    @Incoming("face-generated")
    Uni<Void> faceGenerated(Message<byte[]> message) {
        return consumer.consume(
                message, FaceGenerated.class, (event, delivery) -> progression.on(event, event.resultId()));
    }

    @Incoming("video-swapped")
    Uni<Void> videoSwapped(Message<byte[]> message) {
        return consumer.consume(
                message, VideoSwapped.class, (event, delivery) -> progression.on(event, event.resultId()));
    }

    @Incoming("media-stored")
    Uni<Void> mediaStored(Message<byte[]> message) {
        return consumer.consume(
                message, MediaStored.class, (event, delivery) -> progression.on(event, event.resultId()));
    }

    @Incoming("job-failed")
    Uni<Void> jobFailed(Message<byte[]> message) {
        return consumer.consume(message, JobFailed.class, (event, delivery) -> progression.on(event, event.resultId()));
    }

    @Incoming("job-progressed")
    Uni<Void> jobProgressed(Message<byte[]> message) {
        return consumer.consume(
                message, JobProgressed.class, (event, delivery) -> progression.on(event, event.resultId()));
    }
}
