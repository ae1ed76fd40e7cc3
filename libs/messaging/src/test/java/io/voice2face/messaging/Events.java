package io.voice2face.messaging;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.UUID;

import io.voice2face.contracts.Topic;
import io.voice2face.contracts.event.FaceGenerated;
import io.voice2face.contracts.event.Gender;
import io.voice2face.contracts.event.JobFailed;
import io.voice2face.contracts.event.JobProgressed;
import io.voice2face.contracts.event.JobState;
import io.voice2face.contracts.event.MediaKind;
import io.voice2face.contracts.event.MediaStored;
import io.voice2face.contracts.event.MeshEvent;
import io.voice2face.contracts.event.ObjectRef;
import io.voice2face.contracts.event.RequestCompleted;
import io.voice2face.contracts.event.RequestErased;
import io.voice2face.contracts.event.Stage;
import io.voice2face.contracts.event.Target;
import io.voice2face.contracts.event.Variant;
import io.voice2face.contracts.event.VideoSwapped;
import io.voice2face.contracts.event.VoiceSubmitted;

/** An event of every type. */
final class Events {
    private static final Instant NOW = Instant.parse("2026-11-22T10:15:30Z");
    private static final ObjectRef OBJECT = new ObjectRef("requests/x/face.png", "image/png", 3, "ab".repeat(32));
    private static final Target TARGET = new Target(OBJECT, Optional.of("woman-1"));

    private Events() {}

    static MeshEvent of(Topic topic, UUID requestId) {
        UUID resultId = UUID.randomUUID();
        return switch (topic) {
            case VOICE_SUBMITTED ->
                new VoiceSubmitted(
                        requestId, resultId, 1, OBJECT, 27, Gender.FEMALE, OptionalInt.empty(), TARGET, false, NOW);
            case FACE_GENERATED ->
                new FaceGenerated(
                        requestId,
                        resultId,
                        Variant.VOICE,
                        OBJECT,
                        27,
                        Gender.FEMALE,
                        OptionalInt.empty(),
                        Optional.empty(),
                        TARGET,
                        false,
                        List.of(),
                        List.of(),
                        NOW);
            case VIDEO_SWAPPED -> videoSwapped(requestId, resultId);
            case MEDIA_STORED ->
                new MediaStored(
                        requestId,
                        resultId,
                        Variant.VOICE,
                        List.of(new MediaStored.StoredObject(MediaKind.FACE, OBJECT)),
                        NOW);
            case JOB_PROGRESSED ->
                new JobProgressed(
                        requestId, resultId, Optional.empty(), Stage.SWAPPING, 1, 2, OptionalDouble.empty(), NOW);
            case JOB_FAILED ->
                new JobFailed(
                        requestId,
                        resultId,
                        Optional.empty(),
                        Stage.ANALYSING,
                        JobFailed.Fault.INPUT,
                        "no_speech",
                        "No speech was heard.",
                        Map.of(),
                        NOW);
            case REQUEST_COMPLETED ->
                new RequestCompleted(requestId, resultId, JobState.SUCCEEDED, Optional.empty(), List.of(), NOW);
            case REQUEST_ERASED -> new RequestErased(requestId, NOW);
        };
    }

    static VideoSwapped videoSwapped(UUID requestId, UUID resultId) {
        return new VideoSwapped(
                requestId,
                resultId,
                Variant.VOICE,
                OBJECT,
                Optional.empty(),
                Optional.empty(),
                720,
                720,
                96,
                96,
                4,
                List.of(),
                List.of(),
                NOW);
    }
}
