package io.voice2face.contracts.event;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * The media of one step have been verified against their checksums and are kept. Sent by storage-service after
 * {@link FaceGenerated} (the face) and {@link VideoSwapped} (clip, GIF, poster).
 *
 * @param objects what is kept, at least one
 */
public record MediaStored(UUID requestId, UUID resultId, Variant variant, List<StoredObject> objects, Instant storedAt)
        implements MeshEvent {

    /** An object that is kept, and what it is. */
    public record StoredObject(MediaKind kind, ObjectRef object) {}

    @Override
    public UUID subject() {
        return resultId;
    }

    @Override
    public String identity() {
        return resultId + "/" + variant + "/" + objects.get(0).kind();
    }
}
