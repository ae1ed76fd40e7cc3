package io.voice2face.gateway.api.view;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Answers to the survey. */
@Schema(name = "Survey", description = "Answers to the survey about a result.")
public record SurveyView(
        @Schema(description = "e-mail or phone number for the draw", examples = "someone@example.org")
                Optional<String> contact,
        @Schema(description = "required with contact") Optional<ContactKind> contactKind,
        @Schema(description = "time spent on social networks in a day") SnsTime snsTime,
        @Schema(description = "why the service was tried, at least one") List<Reason> reasons,
        @Schema(description = "how well the face fits the voice, 1–5") int voiceToFaceRating,
        @Schema(description = "required where voiceToFaceRating is 1 or 2, not allowed otherwise")
                List<Dissatisfaction> dissatisfaction,
        @Schema(description = "functions that were missed") Optional<String> wishedFunctions,
        @Schema(description = "how well the face sits in the clip, 1–5") int faceToClipRating,
        @Schema(description = "more clips to choose from wished") boolean moreClips,
        @Schema(description = "required where moreClips is true, not allowed otherwise") List<ClipKind> clipKinds,
        @Schema(description = "how acceptable the waiting time was, 1–5") int waitingTimeRating,
        @Schema(description = "required where waitingTimeRating is 1 or 2, not allowed otherwise")
                List<WaitingImprovement> waitingImprovements,
        @Schema(description = "would recommend the service") boolean recommend,
        Optional<String> opinion) {

    /** How to reach a winner of the draw. */
    public enum ContactKind {
        @JsonProperty("phone")
        PHONE,
        @JsonProperty("email")
        EMAIL
    }

    /** Time on social networks in a day. */
    public enum SnsTime {
        @JsonProperty("none")
        NONE,
        @JsonProperty("under_1h")
        UNDER_1H,
        @JsonProperty("1h_to_3h")
        FROM_1H_TO_3H,
        @JsonProperty("over_3h")
        OVER_3H
    }

    /** Why the service was tried. */
    @Schema(name = "SurveyReason")
    public enum Reason {
        @JsonProperty("curiosity")
        CURIOSITY,
        @JsonProperty("hide_face")
        HIDE_FACE,
        @JsonProperty("make_content")
        MAKE_CONTENT,
        @JsonProperty("interest_in_ai")
        INTEREST_IN_AI,
        @JsonProperty("recommended")
        RECOMMENDED,
        @JsonProperty("other")
        OTHER
    }

    /** What did not fit about the face. */
    @Schema(name = "Dissatisfaction")
    public enum Dissatisfaction {
        @JsonProperty("wrong_gender")
        WRONG_GENDER,
        @JsonProperty("wrong_age")
        WRONG_AGE,
        @JsonProperty("not_like_voice")
        NOT_LIKE_VOICE,
        @JsonProperty("unnatural")
        UNNATURAL,
        @JsonProperty("low_quality")
        LOW_QUALITY,
        @JsonProperty("not_my_taste")
        NOT_MY_TASTE,
        @JsonProperty("other")
        OTHER
    }

    /** Kinds of clips that are wished. */
    public enum ClipKind {
        @JsonProperty("talking")
        TALKING,
        @JsonProperty("singing")
        SINGING,
        @JsonProperty("dancing")
        DANCING,
        @JsonProperty("film_scene")
        FILM_SCENE,
        @JsonProperty("vlog")
        VLOG,
        @JsonProperty("sports")
        SPORTS,
        @JsonProperty("animation")
        ANIMATION,
        @JsonProperty("other")
        OTHER
    }

    /** What would make waiting better. */
    public enum WaitingImprovement {
        @JsonProperty("faster")
        FASTER,
        @JsonProperty("remaining_time")
        REMAINING_TIME,
        @JsonProperty("notification")
        NOTIFICATION,
        @JsonProperty("something_to_do")
        SOMETHING_TO_DO,
        @JsonProperty("partial_results")
        PARTIAL_RESULTS,
        @JsonProperty("other")
        OTHER
    }

    /** Name of a value as clients see it, for columns. */
    public static String column(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** Value of a column. */
    public static <E extends Enum<E>> E value(Class<E> type, String column) {
        return Enum.valueOf(type, column.toUpperCase(Locale.ROOT));
    }
}
