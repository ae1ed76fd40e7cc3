package io.voice2face.gateway.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import jakarta.inject.Singleton;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Which methods the API offers at a path, by its own OpenAPI document. A refusal of another one has to name them (RFC 9110,
 * {@code Allow}), and the router, which looks at one resource class only, calls some of these paths unknown.
 */
@Singleton
class OfferedMethods {
    private static final String DOCUMENT = "META-INF/quarkus-generated-openapi-doc.JSON";
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

    private final List<Offer> offers = new ArrayList<>();

    private record Offer(Pattern path, int parameters, Set<String> methods) {}

    OfferedMethods(ObjectMapper json) {
        try (InputStream in = Thread.currentThread().getContextClassLoader().getResourceAsStream(DOCUMENT)) {
            if (in == null) {
                throw new IllegalStateException("the build has left no OpenAPI document");
            }
            json.readTree(in)
                    .path("paths")
                    .properties()
                    .forEach(path -> offers.add(offer(path.getKey(), path.getValue())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // of several paths that fit the one that says most
        offers.sort(Comparator.comparingInt(Offer::parameters));
    }

    private static Offer offer(String template, JsonNode item) {
        Set<String> methods = new TreeSet<>(Set.of("OPTIONS"));
        item.fieldNames().forEachRemaining(name -> {
            if (METHODS.contains(name)) {
                methods.add(name.toUpperCase(Locale.ROOT));
            }
        });
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        String[] literals = template.split("\\{[^/]+}", -1);
        String regex =
                String.join("[^/]+", Arrays.stream(literals).map(Pattern::quote).toList());
        return new Offer(Pattern.compile(regex), literals.length - 1, methods);
    }

    /** What is offered instead of the method; empty where the method is, or where there is no such path. */
    Optional<String> insteadOf(String method, String path) {
        return offers.stream()
                .filter(offer -> offer.path().matcher(path).matches())
                .findFirst()
                .filter(offer -> !offer.methods().contains(method))
                .map(offer -> String.join(", ", offer.methods()));
    }
}
