package io.voice2face.gateway.service;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Uni;
import io.voice2face.gateway.api.ApiProblem;
import io.voice2face.gateway.api.view.RequestPage;
import io.voice2face.gateway.api.view.RequestView;
import io.voice2face.gateway.api.view.ResultView;
import io.voice2face.gateway.persistence.RequestRow;
import io.voice2face.gateway.persistence.Requests;
import io.voice2face.gateway.persistence.ResultRow;
import io.voice2face.gateway.persistence.Results;

/** Reads requests and results; everything is the person's own, or not found. */
@ApplicationScoped
public class OwnRequests {
    private final Transactions transactions;
    private final Requests requests;
    private final Results results;
    private final Views views;

    OwnRequests(Transactions transactions, Requests requests, Results results, Views views) {
        this.transactions = transactions;
        this.requests = requests;
        this.results = results;
        this.views = views;
    }

    /** A person's request. */
    public Uni<RequestView> get(UUID owner, UUID requestId) {
        return transactions.read(() -> owned(owner, requestId).chain(views::of));
    }

    /** A person's request as it is kept. */
    public Uni<RequestRow> row(UUID owner, UUID requestId) {
        return transactions.read(() -> owned(owner, requestId));
    }

    /** A person's result as it is kept. */
    public Uni<ResultRow> resultRow(UUID owner, UUID requestId, UUID resultId) {
        return transactions.read(() -> owned(owner, requestId)
                .chain(() -> results.of(requestId, resultId))
                .map(found -> found.orElseThrow(ApiProblem::notFound)));
    }

    /** A person's result. */
    public Uni<ResultView> result(UUID owner, UUID requestId, UUID resultId) {
        return transactions.read(() -> owned(owner, requestId)
                .chain(() -> results.of(requestId, resultId))
                .chain(found -> views.of(found.orElseThrow(ApiProblem::notFound))));
    }

    /**
     * A person's requests, newest first.
     *
     * @param cursor out of an earlier page; 400 for one that is not
     */
    public Uni<RequestPage> list(UUID owner, Optional<String> cursor, int limit) {
        Optional<Requests.Position> after = cursor.map(ListCursor::read);
        return transactions.read(() -> requests.newest(owner, after, limit + 1).chain(rows -> {
            List<RequestRow> page = rows.size() > limit ? rows.subList(0, limit) : rows;
            Optional<String> next =
                    rows.size() > limit ? Optional.of(ListCursor.after(page.get(page.size() - 1))) : Optional.empty();
            return views.of(page).map(items -> new RequestPage(items, next));
        }));
    }

    private Uni<RequestRow> owned(UUID owner, UUID requestId) {
        return requests.owned(requestId, owner).map(found -> found.orElseThrow(ApiProblem::notFound));
    }
}
