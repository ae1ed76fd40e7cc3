package io.voice2face.face.messaging;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;

import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.event.JobState;
import io.voice2face.contracts.event.RequestCompleted;
import io.voice2face.contracts.event.RequestErased;
import io.voice2face.contracts.event.VoiceSubmitted;
import io.voice2face.face.job.CancelledResults;
import io.voice2face.face.job.FaceJob;
import io.voice2face.messaging.EventConsumer;

/** The topics that this service reads; channel names are topic names. */
@ApplicationScoped
public class FaceServiceChannels {
    private final EventConsumer consumer;
    private final FaceJob job;
    private final CancelledResults cancelled;

    FaceServiceChannels(EventConsumer consumer, FaceJob job, CancelledResults cancelled) {
        this.consumer = consumer;
        this.job = job;
        this.cancelled = cancelled;
    }

    @Incoming("voice-submitted")
    Uni<Void> onVoice(Message<byte[]> message) {
        return consumer.consume(message, VoiceSubmitted.class, job);
    }

    /** Every instance reads these for itself, from now on. */
    @Incoming("request-completed")
    Uni<Void> onCompleted(Message<byte[]> message) {
        return consumer.consume(message, RequestCompleted.class, (event, delivery) -> {
            if (event.state() == JobState.CANCELLED) {
                cancelled.cancel(event.resultId());
            }
            return Uni.createFrom().voidItem();
        });
    }

    @Incoming("request-erased")
    Uni<Void> onErased(Message<byte[]> message) {
        return consumer.consume(message, RequestErased.class, (event, delivery) -> {
            cancelled.erase(event.requestId());
            return Uni.createFrom().voidItem();
        });
    }
}
