package io.voice2face.contracts.event;

import java.time.Instant;
import java.util.UUID;

/**
 * A person's request is erased: whoever keeps something of it deletes that. Sent by gateway-service; storage-service
 * deletes every object under {@code requests/{requestId}/}.
 */
public record RequestErased(UUID requestId, Instant erasedAt) implements MeshEvent {
    @Override
    public UUID subject() {
        return requestId;
    }

    @Override
    public String identity() {
        return requestId.toString();
    }
}
