package io.voice2face.gateway.persistence;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

import io.voice2face.contracts.event.Gender;
import io.voice2face.contracts.event.JobState;
import io.voice2face.contracts.event.ObjectRef;
import io.voice2face.gateway.domain.Progress;

/** One voice with age, gender and a target. */
@Entity
@Table(name = "voice_request")
public class RequestRow {
    @Id
    public UUID id;

    @Column(name = "owner_id")
    public UUID ownerId;

    @Column(name = "created_at")
    public Instant createdAt;

    @Column(name = "updated_at")
    public Instant updatedAt;

    /** State of the latest result. */
    @Enumerated(EnumType.STRING)
    public JobState state;

    public int age;

    @Enumerated(EnumType.STRING)
    public Gender gender;

    @Column(name = "skin_tone")
    public Integer skinTone;

    /** A short GIF is wished beside the clip of a video. */
    @Column(name = "gif_preview")
    public boolean gifPreview;

    @Column(name = "template_id")
    public String templateId;

    /** {@link ObjectRef} as JSON. */
    public String voice;

    /** {@link ObjectRef} as JSON. */
    public String target;

    @Column(name = "latest_result_id")
    public UUID latestResultId;

    /** {@link Progress} as JSON. */
    public String progress;

    /** W3C trace context of the HTTP request that brought it. */
    public String traceparent;

    /** Wished skin tone, Monk scale 1–10. */
    public OptionalInt skinTone() {
        return skinTone == null ? OptionalInt.empty() : OptionalInt.of(skinTone);
    }

    /** Template that the face goes into; empty for the person's own target. */
    public Optional<String> templateId() {
        return Optional.ofNullable(templateId);
    }

    /** The recording. */
    public ObjectRef voice() {
        return JsonColumn.read(voice, ObjectRef.class);
    }

    /** The clip or picture that the face goes into. */
    public ObjectRef target() {
        return JsonColumn.read(target, ObjectRef.class);
    }

    /** What is being done right now. */
    public Optional<Progress> progress() {
        return Optional.ofNullable(progress).map(json -> JsonColumn.read(json, Progress.class));
    }
}
