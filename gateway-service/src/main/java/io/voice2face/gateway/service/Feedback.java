package io.voice2face.gateway.service;

import java.time.Instant;
import java.util.Collection;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.event.JobState;
import io.voice2face.contracts.event.Variant;
import io.voice2face.gateway.api.ApiProblem;
import io.voice2face.gateway.api.view.SurveyView;
import io.voice2face.gateway.persistence.RatingRow;
import io.voice2face.gateway.persistence.Ratings;
import io.voice2face.gateway.persistence.RequestRow;
import io.voice2face.gateway.persistence.Requests;
import io.voice2face.gateway.persistence.ResultRow;
import io.voice2face.gateway.persistence.Results;
import io.voice2face.gateway.persistence.SurveyRow;
import io.voice2face.gateway.persistence.Surveys;

/** What people say of their results. */
@ApplicationScoped
public class Feedback {
    private final Transactions transactions;
    private final Requests requests;
    private final Results results;
    private final Ratings ratings;
    private final Surveys surveys;

    Feedback(Transactions transactions, Requests requests, Results results, Ratings ratings, Surveys surveys) {
        this.transactions = transactions;
        this.requests = requests;
        this.results = results;
        this.ratings = ratings;
        this.surveys = surveys;
    }

    /** Sets or changes the stars of a variant; 409 while there is no face to judge. */
    public Uni<Void> rate(UUID owner, UUID requestId, UUID resultId, Variant variant, int stars) {
        return transactions.run(() -> owned(owner, requestId, resultId).chain(result -> {
            if (!result.job().variant(variant).faceReady()) {
                throw ApiProblem.of(409, "nothing_to_rate", "There is no face to rate yet.");
            }
            return ratings.findById(new RatingRow.Key(resultId, variant)).chain(known -> {
                RatingRow row = known == null ? new RatingRow() : known;
                row.resultId = resultId;
                row.variant = variant;
                row.stars = stars;
                row.ratedAt = Instant.now();
                return ratings.persist(row).replaceWithVoid();
            });
        }));
    }

    /** Sets or replaces the survey of a result; 409 while it has not come to something. */
    public Uni<Void> answer(UUID owner, UUID requestId, UUID resultId, SurveyView answers) {
        return transactions.run(() -> owned(owner, requestId, resultId).chain(result -> {
            if (result.state != JobState.SUCCEEDED && result.state != JobState.PARTIAL) {
                throw ApiProblem.of(409, "nothing_to_judge", "The result is not there yet.");
            }
            return surveys.findById(resultId).chain(known -> {
                SurveyRow row = known == null ? new SurveyRow() : known;
                row.resultId = resultId;
                fill(row, answers);
                return surveys.persist(row).replaceWithVoid();
            });
        }));
    }

    private Uni<ResultRow> owned(UUID owner, UUID requestId, UUID resultId) {
        Uni<RequestRow> request =
                requests.ownedLocked(requestId, owner).map(found -> found.orElseThrow(ApiProblem::notFound));
        return request.chain(() -> results.of(requestId, resultId))
                .map(found -> found.orElseThrow(ApiProblem::notFound));
    }

    private static void fill(SurveyRow row, SurveyView answers) {
        row.contact = answers.contact().orElse(null);
        row.contactKind = answers.contactKind().map(SurveyView::column).orElse(null);
        row.snsTime = SurveyView.column(answers.snsTime());
        row.reasons = columns(answers.reasons());
        row.voiceToFaceRating = answers.voiceToFaceRating();
        row.dissatisfaction = columns(answers.dissatisfaction());
        row.wishedFunctions = answers.wishedFunctions().orElse(null);
        row.faceToClipRating = answers.faceToClipRating();
        row.moreClips = answers.moreClips();
        row.clipKinds = columns(answers.clipKinds());
        row.waitingTimeRating = answers.waitingTimeRating();
        row.waitingImprovements = columns(answers.waitingImprovements());
        row.recommend = answers.recommend();
        row.opinion = answers.opinion().orElse(null);
        row.answeredAt = Instant.now();
    }

    private static String[] columns(Collection<? extends Enum<?>> values) {
        return values.stream().map(SurveyView::column).distinct().toArray(String[]::new);
    }
}
