package io.voice2face.local;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import io.voice2face.client.ApiClient;
import io.voice2face.client.ApiException;
import io.voice2face.client.JSON;
import io.voice2face.client.api.ConfigApi;
import io.voice2face.client.api.FeedbackApi;
import io.voice2face.client.api.MediaApi;
import io.voice2face.client.api.RequestsApi;
import io.voice2face.client.api.SharingApi;
import io.voice2face.client.api.TemplatesApi;
import io.voice2face.client.api.TokensApi;
import io.voice2face.client.api.UsersApi;
import io.voice2face.client.api.WebhooksApi;
import io.voice2face.client.model.Problem;

import okhttp3.OkHttpClient;

/** The client that the build generates from the OpenAPI document, as one person uses it. */
final class TypedClient {
    private final ApiClient client;

    /** A person without a token. */
    TypedClient(URI gateway) {
        OkHttpClient http = new OkHttpClient.Builder()
                // where media are is looked at by the tests
                .followRedirects(false)
                .readTimeout(Duration.ofMinutes(5))
                .build();
        client = new ApiClient(http).setBasePath(gateway.toString());
    }

    /** From now on calls carry this token. */
    void use(String token) {
        client.setBearerToken(token);
    }

    ConfigApi config() {
        return new ConfigApi(client);
    }

    TokensApi tokens() {
        return new TokensApi(client);
    }

    UsersApi users() {
        return new UsersApi(client);
    }

    TemplatesApi templates() {
        return new TemplatesApi(client);
    }

    RequestsApi requests() {
        return new RequestsApi(client);
    }

    FeedbackApi feedback() {
        return new FeedbackApi(client);
    }

    SharingApi sharing() {
        return new SharingApi(client);
    }

    MediaApi media() {
        return new MediaApi(client);
    }

    WebhooksApi webhooks() {
        return new WebhooksApi(client);
    }

    /** A call of the generated client. */
    interface Call {
        void run() throws ApiException;
    }

    /** Short-lived address that a medium's link leads to. */
    static URI location(Call call) {
        ApiException answer = failure(call, 307);
        List<String> places = answer.getResponseHeaders().get("location");
        return URI.create(places.get(0));
    }

    /** Problem document with which a call is refused. */
    static Problem refusal(Call call, int status) {
        return JSON.deserialize(failure(call, status).getResponseBody(), Problem.class);
    }

    private static ApiException failure(Call call, int status) {
        try {
            call.run();
        } catch (ApiException answer) {
            if (answer.getCode() != status) {
                throw new AssertionError(
                        "status " + answer.getCode() + " instead of " + status + ": " + answer.getResponseBody(),
                        answer);
            }
            return answer;
        }
        throw new AssertionError("no failure where " + status + " was expected");
    }

    /** Data of the events of one kind in a followed request's stream. */
    static List<String> events(String stream, String kind) {
        return stream
                .lines()
                .dropWhile(line -> line.isEmpty())
                .collect(java.util.stream.Collectors.collectingAndThen(
                        java.util.stream.Collectors.joining("\n"), text -> List.of(text.split("\n\n"))))
                .stream()
                .filter(event -> event.lines().anyMatch(line -> line.equals("event:" + kind)))
                .map(event -> event.lines()
                        .filter(line -> line.startsWith("data:"))
                        .map(line -> line.substring("data:".length()))
                        .findFirst()
                        .orElse(""))
                .toList();
    }

    /** Bytes as text, for what is no JSON. */
    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
