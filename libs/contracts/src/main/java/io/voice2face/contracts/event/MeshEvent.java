package io.voice2face.contracts.event;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** What every event on the mesh has: the request it belongs to, and an id that is the same when it is sent again. */
public sealed interface MeshEvent
        permits VoiceSubmitted,
                FaceGenerated,
                VideoSwapped,
                MediaStored,
                JobProgressed,
                JobFailed,
                RequestCompleted,
                RequestErased {

    /** Request that the event belongs to; the Kafka record key. */
    UUID requestId();

    /**
     * What makes this event different from every other of its type. Work that is done twice announces itself with the
     * same identity, so that consumers recognise the repetition.
     */
    String identity();

    /** CloudEvents {@code subject}: the result that the event is about, or the request where it is about that. */
    UUID subject();

    /** CloudEvents {@code id}: a name-based UUID of the type and the identity. */
    default UUID eventId() {
        return UUID.nameUUIDFromBytes((getClass().getSimpleName() + '/' + identity()).getBytes(StandardCharsets.UTF_8));
    }
}
