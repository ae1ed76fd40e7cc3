package io.voice2face.gateway.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.event.Variant;
import io.voice2face.gateway.api.view.SurveyView;
import io.voice2face.gateway.security.Caller;
import io.voice2face.gateway.service.Feedback;

/** Stars and the survey. */
@Path("/api/v1/requests/{id}/results/{resultId}")
@Tag(name = "Feedback", description = "Stars per variant and the survey per result; both can be changed.")
public class FeedbackResource {
    private static final int LOW = 2;
    private static final int LONGEST_TEXT = 2_000;
    private static final Pattern EMAIL = Pattern.compile("[^\\s@]+@[^\\s@]+\\.[^\\s@]+");
    private static final Pattern PHONE = Pattern.compile("\\+?[\\d\\s().-]{7,20}");

    private final Caller caller;
    private final Feedback feedback;

    FeedbackResource(Caller caller, Feedback feedback) {
        this.caller = caller;
        this.feedback = feedback;
    }

    /** Stars. */
    @Schema(name = "Rating")
    public record Rating(
            @NotNull(message = "must be given")
                    @Min(value = 1, message = "must be from 1 to 5")
                    @Max(value = 5, message = "must be from 1 to 5")
                    @Schema(examples = "4")
                    Integer stars) {}

    /** Answers as they are sent. */
    @Schema(
            name = "SurveyAnswers",
            description = "Answers to the survey. Conditional questions are answered only where they are asked.")
    public record Answers(
            @Schema(description = "e-mail or phone number for the draw", examples = "someone@example.org")
                    Optional<String> contact,
            @Schema(description = "required with contact") Optional<SurveyView.ContactKind> contactKind,
            @NotNull(message = "must be given") SurveyView.SnsTime snsTime,
            @NotEmpty(message = "must be given") List<SurveyView.Reason> reasons,
            @NotNull(message = "must be given") @Min(1) @Max(5) Integer voiceToFaceRating,
            @Schema(description = "required where voiceToFaceRating is 1 or 2, not allowed otherwise")
                    List<SurveyView.Dissatisfaction> dissatisfaction,
            Optional<String> wishedFunctions,
            @NotNull(message = "must be given") @Min(1) @Max(5) Integer faceToClipRating,
            @NotNull(message = "must be given") Boolean moreClips,
            @Schema(description = "required where moreClips is true, not allowed otherwise")
                    List<SurveyView.ClipKind> clipKinds,
            @NotNull(message = "must be given") @Min(1) @Max(5) Integer waitingTimeRating,
            @Schema(description = "required where waitingTimeRating is 1 or 2, not allowed otherwise")
                    List<SurveyView.WaitingImprovement> waitingImprovements,
            @NotNull(message = "must be given") Boolean recommend,
            Optional<String> opinion) {}

    @PUT
    @Path("/{variant}/rating")
    @Operation(operationId = "rateVariant", summary = "Rate a variant")
    public Uni<Void> rate(
            @RestPath UUID id,
            @RestPath UUID resultId,
            @RestPath String variant,
            @NotNull(message = "must be given") @Valid Rating rating) {
        Variant which =
                switch (variant) {
                    case "voice" -> Variant.VOICE;
                    case "condition" -> Variant.CONDITION;
                    default -> throw ApiProblem.notFound();
                };
        return caller.account().chain(account -> feedback.rate(account.id, id, resultId, which, rating.stars()));
    }

    @PUT
    @Path("/survey")
    @Operation(operationId = "answerSurvey", summary = "Answer the survey")
    public Uni<Void> survey(
            @RestPath UUID id, @RestPath UUID resultId, @NotNull(message = "must be given") @Valid Answers answers) {
        SurveyView survey = checked(answers);
        return caller.account().chain(account -> feedback.answer(account.id, id, resultId, survey));
    }

    private static SurveyView checked(Answers answers) {
        List<ApiProblem.FieldError> errors = new ArrayList<>();
        List<SurveyView.Dissatisfaction> dissatisfaction =
                asked(errors, "dissatisfaction", answers.dissatisfaction(), answers.voiceToFaceRating() <= LOW);
        List<SurveyView.ClipKind> clipKinds = asked(errors, "clipKinds", answers.clipKinds(), answers.moreClips());
        List<SurveyView.WaitingImprovement> improvements =
                asked(errors, "waitingImprovements", answers.waitingImprovements(), answers.waitingTimeRating() <= LOW);
        Optional<String> contact = answers.contact().map(String::strip).filter(text -> !text.isEmpty());
        checkContact(errors, contact, answers.contactKind());
        checkLength(errors, "wishedFunctions", answers.wishedFunctions());
        checkLength(errors, "opinion", answers.opinion());
        if (!errors.isEmpty()) {
            throw ApiProblem.invalid(errors);
        }
        return new SurveyView(
                contact,
                answers.contactKind(),
                answers.snsTime(),
                answers.reasons(),
                answers.voiceToFaceRating(),
                dissatisfaction,
                answers.wishedFunctions(),
                answers.faceToClipRating(),
                answers.moreClips(),
                clipKinds,
                answers.waitingTimeRating(),
                improvements,
                answers.recommend(),
                answers.opinion());
    }

    private static <T> List<T> asked(List<ApiProblem.FieldError> errors, String field, List<T> given, boolean wanted) {
        List<T> values = given == null ? List.of() : given;
        if (values.stream().anyMatch(Objects::isNull)) {
            errors.add(new ApiProblem.FieldError(field, "invalid", "There is no such answer."));
            return List.of();
        }
        if (wanted && values.isEmpty()) {
            errors.add(new ApiProblem.FieldError(field, "required", "must be given with these answers"));
        }
        if (!wanted && !values.isEmpty()) {
            errors.add(new ApiProblem.FieldError(field, "not_asked", "is not asked with these answers"));
        }
        return values;
    }

    private static void checkContact(
            List<ApiProblem.FieldError> errors, Optional<String> contact, Optional<SurveyView.ContactKind> kind) {
        if (contact.isPresent() != kind.isPresent()) {
            errors.add(new ApiProblem.FieldError(
                    contact.isPresent() ? "contactKind" : "contact", "required", "contact and its kind go together"));
        } else if (contact.isPresent()
                && !(kind.get() == SurveyView.ContactKind.EMAIL ? EMAIL : PHONE)
                        .matcher(contact.get())
                        .matches()) {
            errors.add(new ApiProblem.FieldError("contact", "invalid", "is not of the stated kind"));
        }
    }

    private static void checkLength(List<ApiProblem.FieldError> errors, String field, Optional<String> text) {
        if (text.isPresent() && text.get().length() > LONGEST_TEXT) {
            errors.add(new ApiProblem.FieldError(field, "out_of_range", "has at most " + LONGEST_TEXT + " characters"));
        }
    }
}
