package io.voice2face.gateway.persistence;

import java.time.Instant;
import java.util.UUID;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** Answers to the survey about a result. */
@Entity
@Table(name = "survey")
public class SurveyRow {
    @Id
    @Column(name = "result_id")
    public UUID resultId;

    public String contact;

    @Column(name = "contact_kind")
    public String contactKind;

    @Column(name = "sns_time")
    public String snsTime;

    public String[] reasons;

    @Column(name = "voice_to_face_rating")
    public int voiceToFaceRating;

    public String[] dissatisfaction;

    @Column(name = "wished_functions")
    public String wishedFunctions;

    @Column(name = "face_to_clip_rating")
    public int faceToClipRating;

    @Column(name = "more_clips")
    public boolean moreClips;

    @Column(name = "clip_kinds")
    public String[] clipKinds;

    @Column(name = "waiting_time_rating")
    public int waitingTimeRating;

    @Column(name = "waiting_improvements")
    public String[] waitingImprovements;

    public boolean recommend;

    public String opinion;

    @Column(name = "answered_at")
    public Instant answeredAt;
}
