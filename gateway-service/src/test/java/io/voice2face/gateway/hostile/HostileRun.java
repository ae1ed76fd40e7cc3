package io.voice2face.gateway.hostile;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs the corpus against a whole mesh: {@code HostileRun http://host:port <voice file> <template id>}. Every case must get a 4xx,
 * or 202 and end as REJECTED with a reason. Exit status 1 and a list where one does not.
 */
public final class HostileRun {
    private static final Pattern ID = Pattern.compile("\"id\":\"([0-9a-f-]{36})\",\"state\"");
    private static final Pattern STATE = Pattern.compile("\"state\":\"([A-Z]+)\"");
    private static final Pattern REASON = Pattern.compile("\"failure\":\\{\"reason\":\"([a-z_]+)\"");
    private static final Pattern TOKEN = Pattern.compile("\"accessToken\":\"([^\"]+)\"");
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final RawHttp http;

    private HostileRun(URI base) {
        this.http = new RawHttp(base);
    }

    /** Entry point. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        HostileRun run = new HostileRun(URI.create(arguments[0]));
        Map<String, String> broken = run.all(Files.readAllBytes(Path.of(arguments[1])), arguments[2]);
        broken.forEach((name, what) -> System.out.println("BROKEN " + name + ": " + what));
        System.exit(broken.isEmpty() ? 0 : 1);
    }

    private Map<String, String> all(byte[] voice, String template) throws InterruptedException {
        Map<String, String> broken = new LinkedHashMap<>();
        int number = new HostileCorpus("", template, voice).make().size();
        for (int i = 0; i < number; i++) {
            // a guest of its own for each case, so that no quota stands in the way
            String token = guest();
            HostileCorpus.Case each =
                    new HostileCorpus(token, template, voice).make().get(i);
            RawHttp.Answer answer = http.send(each.request());
            String end = each.media() && answer.status() == 202 ? outcome(answer, token) : "";
            boolean fine = answer.status() >= 400 && answer.status() < 500
                    || end.startsWith("REJECTED")
                    || each.name().startsWith("http:") && (answer.status() == 0 || answer.status() == 501);
            System.out.printf("%3d/%d %s: %d %s%n", i + 1, number, each.name(), answer.status(), end);
            if (!fine) {
                broken.put(each.name(), answer.status() + " " + end + " " + answer.body());
            }
        }
        return broken;
    }

    private String guest() {
        return group(TOKEN, call("POST", "/api/v1/tokens/guest", "").body());
    }

    private String outcome(RawHttp.Answer accepted, String token) throws InterruptedException {
        String id = group(ID, accepted.body());
        Instant end = Instant.now().plus(PATIENCE);
        String body = "";
        while (Instant.now().isBefore(end)) {
            body = call("GET", "/api/v1/requests/" + id, token).body();
            String state = group(STATE, body);
            if (state.matches("SUCCEEDED|PARTIAL|FAILED|REJECTED|CANCELLED")) {
                return state + " " + group(REASON, body);
            }
            TimeUnit.MILLISECONDS.sleep(250);
        }
        return "still " + group(STATE, body);
    }

    private RawHttp.Answer call(String method, String path, String token) {
        return http.send((method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                        + (token.isEmpty() ? "" : "Authorization: Bearer " + token + "\r\n")
                        + (method.equals("POST") ? "Content-Length: 0\r\n" : "") + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String group(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : "";
    }
}
