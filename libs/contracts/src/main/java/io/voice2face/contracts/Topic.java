package io.voice2face.contracts;

import io.voice2face.contracts.event.FaceGenerated;
import io.voice2face.contracts.event.JobFailed;
import io.voice2face.contracts.event.JobProgressed;
import io.voice2face.contracts.event.MediaStored;
import io.voice2face.contracts.event.MeshEvent;
import io.voice2face.contracts.event.RequestCompleted;
import io.voice2face.contracts.event.RequestErased;
import io.voice2face.contracts.event.VideoSwapped;
import io.voice2face.contracts.event.VoiceSubmitted;

/**
 * The topics of the mesh. Records are keyed by request id and carry CloudEvents 1.0 in binary mode with JSON data; the
 * CloudEvents type is {@code io.voice2face.<topic>.v1}.
 */
public enum Topic {
    VOICE_SUBMITTED("voice-submitted", VoiceSubmitted.class),
    FACE_GENERATED("face-generated", FaceGenerated.class),
    VIDEO_SWAPPED("video-swapped", VideoSwapped.class),
    MEDIA_STORED("media-stored", MediaStored.class),
    JOB_PROGRESSED("job-progressed", JobProgressed.class),
    JOB_FAILED("job-failed", JobFailed.class),
    REQUEST_COMPLETED("request-completed", RequestCompleted.class),
    REQUEST_ERASED("request-erased", RequestErased.class);

    private final String topicName;
    private final Class<? extends MeshEvent> eventType;

    Topic(String topicName, Class<? extends MeshEvent> eventType) {
        this.topicName = topicName;
        this.eventType = eventType;
    }

    /** Kafka name of the topic. */
    public String topicName() {
        return topicName;
    }

    /** Kafka name of the topic that takes the records that could not be processed. */
    public String deadLetterTopicName() {
        return topicName + "-dlq";
    }

    /** Record that the JSON data of this topic parses into. */
    public Class<? extends MeshEvent> eventType() {
        return eventType;
    }

    /** CloudEvents {@code type} attribute of the records. */
    public String cloudEventType() {
        return "io.voice2face." + topicName + ".v1";
    }

    /** Topic that an event belongs on. */
    public static Topic of(MeshEvent event) {
        return carrying(event.getClass());
    }

    /** Topic that carries events of a type. */
    public static Topic carrying(Class<? extends MeshEvent> eventType) {
        for (Topic topic : values()) {
            if (topic.eventType == eventType) {
                return topic;
            }
        }
        throw new IllegalArgumentException("no topic carries " + eventType.getName());
    }
}
