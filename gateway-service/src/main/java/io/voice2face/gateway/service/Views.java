package io.voice2face.gateway.service;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.event.Variant;
import io.voice2face.gateway.api.view.ClipView;
import io.voice2face.gateway.api.view.FailureView;
import io.voice2face.gateway.api.view.LinkOnly;
import io.voice2face.gateway.api.view.MediaLink;
import io.voice2face.gateway.api.view.ProgressView;
import io.voice2face.gateway.api.view.RequestView;
import io.voice2face.gateway.api.view.ResultView;
import io.voice2face.gateway.api.view.SurveyView;
import io.voice2face.gateway.api.view.TargetView;
import io.voice2face.gateway.api.view.VariantView;
import io.voice2face.gateway.api.view.VariantsView;
import io.voice2face.gateway.domain.Clip;
import io.voice2face.gateway.domain.Face;
import io.voice2face.gateway.domain.Job;
import io.voice2face.gateway.domain.VariantJob;
import io.voice2face.gateway.persistence.RatingRow;
import io.voice2face.gateway.persistence.Ratings;
import io.voice2face.gateway.persistence.RequestRow;
import io.voice2face.gateway.persistence.ResultRow;
import io.voice2face.gateway.persistence.Results;
import io.voice2face.gateway.persistence.SurveyRow;
import io.voice2face.gateway.persistence.Surveys;

/** Puts rows together into what a client sees. To be called inside a session. */
@ApplicationScoped
public class Views {
    private final Results results;
    private final Ratings ratings;
    private final Surveys surveys;

    Views(Results results, Ratings ratings, Surveys surveys) {
        this.results = results;
        this.ratings = ratings;
        this.surveys = surveys;
    }

    /** A request with all its results. */
    public Uni<RequestView> of(RequestRow request) {
        return of(List.of(request)).map(views -> views.get(0));
    }

    /** Requests with all their results, in the same order. */
    public Uni<List<RequestView>> of(List<RequestRow> requests) {
        if (requests.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        return results.of(requests.stream().map(request -> request.id).toList())
                .chain(rows -> answers(rows).map(answers -> requests.stream()
                        .map(request -> view(request, rows, answers))
                        .toList()));
    }

    /** One result. */
    public Uni<ResultView> of(ResultRow row) {
        return answers(List.of(row)).map(answers -> view(row, answers, Links.owner(row.requestId, row.id)));
    }

    /** One result with the addresses of a shared link and without what is the person's own. */
    public ResultView shared(ResultRow row, String token) {
        ResultView whole = view(row, Answers.NONE, Links.shared(token));
        return new ResultView(
                whole.id(),
                whole.requestId(),
                whole.attempt(),
                whole.state(),
                whole.createdAt(),
                whole.completedAt(),
                Optional.empty(),
                whole.variants(),
                Optional.empty(),
                Optional.empty());
    }

    private Uni<Answers> answers(Collection<ResultRow> rows) {
        List<UUID> ids = rows.stream().map(row -> row.id).toList();
        if (ids.isEmpty()) {
            return Uni.createFrom().item(Answers.NONE);
        }
        return ratings.list("resultId in ?1", ids)
                .chain(stars -> surveys.list("resultId in ?1", ids).map(filled -> Answers.of(stars, filled)));
    }

    private static RequestView view(RequestRow request, List<ResultRow> rows, Answers answers) {
        List<ResultRow> own =
                rows.stream().filter(row -> row.requestId.equals(request.id)).toList();
        String base = "/api/v1/requests/" + request.id;
        Optional<ProgressView> progress =
                request.state.isFinal() ? Optional.empty() : request.progress().map(ProgressView::of);
        Optional<FailureView> failure = own.stream()
                .filter(row -> row.id.equals(request.latestResultId))
                .findFirst()
                .flatMap(row -> row.job().failure())
                .map(FailureView::of);
        return new RequestView(
                request.id,
                request.state,
                request.createdAt,
                request.updatedAt,
                request.age,
                request.gender,
                request.skinTone(),
                request.gifPreview,
                new TargetView(
                        request.templateId().isPresent() ? TargetView.Kind.TEMPLATE : TargetView.Kind.UPLOAD,
                        request.templateId(),
                        request.target().contentType(),
                        base + "/target"),
                new MediaLink(base + "/voice", request.voice().contentType()),
                progress,
                failure,
                own.stream()
                        .map(row -> view(row, answers, Links.owner(request.id, row.id)))
                        .toList(),
                request.latestResultId);
    }

    private static ResultView view(ResultRow row, Answers answers, Links links) {
        Job job = row.job();
        return new ResultView(
                row.id,
                row.requestId,
                row.attempt,
                row.state,
                row.createdAt,
                row.completedAt(),
                job.analysis(),
                new VariantsView(
                        view(Variant.VOICE, job, links, answers.stars(row.id, Variant.VOICE)),
                        view(Variant.CONDITION, job, links, answers.stars(row.id, Variant.CONDITION))),
                answers.survey(row.id),
                job.failure().map(FailureView::of));
    }

    private static VariantView view(Variant name, Job job, Links links, OptionalInt stars) {
        VariantJob variant = job.variant(name);
        Optional<Face> face = variant.face().filter(made -> variant.faceStored());
        Optional<Clip> clip = variant.clip().filter(made -> variant.clipStored());
        return new VariantView(
                variant.state(),
                variant.face().map(made -> OptionalInt.of(made.age())).orElse(OptionalInt.empty()),
                variant.face().map(Face::gender),
                face.map(made ->
                        new MediaLink(links.of(name, "face.png"), made.picture().contentType())),
                clip.map(made -> new ClipView(
                        links.of(name, clipName(made.clip().contentType())),
                        made.clip().contentType(),
                        made.width(),
                        made.height(),
                        made.frames(),
                        made.durationSeconds())),
                clip.flatMap(Clip::gif).map(gif -> new LinkOnly(links.of(name, "clip.gif"))),
                clip.flatMap(Clip::poster).map(poster -> new LinkOnly(links.of(name, "poster.jpg"))),
                stars,
                variant.models(),
                variant.timings(),
                variant.failure().map(FailureView::of));
    }

    /** Name under which a clip is offered, by what it is. */
    static String clipName(String contentType) {
        return switch (contentType) {
            case "image/gif" -> "clip.gif";
            case "image/png" -> "clip.png";
            default -> "clip.mp4";
        };
    }

    /** Where the media of a result are, for whom. */
    private record Links(String base) {
        static Links owner(UUID requestId, UUID resultId) {
            return new Links("/api/v1/requests/" + requestId + "/results/" + resultId + "/");
        }

        static Links shared(String token) {
            return new Links("/api/v1/shared/" + token + "/");
        }

        String of(Variant variant, String name) {
            return base + variant.pathSegment() + "/" + name;
        }
    }

    /** What people said of results. */
    private record Answers(Map<UUID, List<RatingRow>> ratings, Map<UUID, SurveyRow> surveys) {
        static final Answers NONE = new Answers(Map.of(), Map.of());

        static Answers of(List<RatingRow> ratings, List<SurveyRow> surveys) {
            Map<UUID, List<RatingRow>> stars = new HashMap<>();
            ratings.forEach(row ->
                    stars.computeIfAbsent(row.resultId, id -> new ArrayList<>()).add(row));
            Map<UUID, SurveyRow> filled = new HashMap<>();
            surveys.forEach(row -> filled.put(row.resultId, row));
            return new Answers(stars, filled);
        }

        OptionalInt stars(UUID resultId, Variant variant) {
            return ratings.getOrDefault(resultId, List.of()).stream()
                    .filter(row -> row.variant == variant)
                    .mapToInt(row -> row.stars)
                    .findFirst();
        }

        Optional<SurveyView> survey(UUID resultId) {
            return Optional.ofNullable(surveys.get(resultId)).map(Views::survey);
        }
    }

    private static SurveyView survey(SurveyRow row) {
        return new SurveyView(
                Optional.ofNullable(row.contact),
                Optional.ofNullable(row.contactKind).map(kind -> SurveyView.value(SurveyView.ContactKind.class, kind)),
                SurveyView.value(SurveyView.SnsTime.class, row.snsTime),
                values(SurveyView.Reason.class, row.reasons),
                row.voiceToFaceRating,
                values(SurveyView.Dissatisfaction.class, row.dissatisfaction),
                Optional.ofNullable(row.wishedFunctions),
                row.faceToClipRating,
                row.moreClips,
                values(SurveyView.ClipKind.class, row.clipKinds),
                row.waitingTimeRating,
                values(SurveyView.WaitingImprovement.class, row.waitingImprovements),
                row.recommend,
                Optional.ofNullable(row.opinion));
    }

    private static <E extends Enum<E>> List<E> values(Class<E> type, String[] columns) {
        return Arrays.stream(columns)
                .map(column -> SurveyView.value(type, column))
                .toList();
    }
}
