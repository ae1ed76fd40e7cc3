package io.voice2face.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

/** What {@code deploy/monitoring} asks Prometheus for. */
final class MonitoringFiles {
    /** A name that a selector or a range follows, or that stands alone: what is not a function or a label. */
    private static final Pattern IDENTIFIER = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");

    private static final Pattern NOISE = Pattern.compile("\\{[^}]*}|\"[^\"]*\"|\\b(?:by|on|without)\\s*\\([^)]*\\)");
    private static final Set<String> WORDS = Set.of(
            "sum",
            "max",
            "min",
            "count",
            "avg",
            "rate",
            "increase",
            "histogram_quantile",
            "and",
            "or",
            "m",
            "h",
            "d",
            "s");

    private final Path folder;

    MonitoringFiles(Path root) {
        this.folder = root.resolve("deploy/monitoring");
    }

    /** Expressions of the alert rules. */
    List<String> alertExpressions() throws IOException {
        return new YAMLMapper().readTree(folder.resolve("alerts.yml").toFile()).findValuesAsText("expr");
    }

    /** Expressions of the dashboards. */
    List<String> dashboardExpressions() throws IOException {
        List<String> expressions = new ArrayList<>();
        try (var files = Files.list(folder.resolve("grafana/dashboards"))) {
            for (Path file : files.toList()) {
                JsonNode dashboard = new ObjectMapper().readTree(file.toFile());
                expressions.addAll(dashboard.findValuesAsText("expr"));
            }
        }
        return expressions;
    }

    /** Names of all metrics that are asked for, beside {@code up}, which Prometheus makes itself. */
    Set<String> metricNames() throws IOException {
        List<String> expressions = new ArrayList<>(alertExpressions());
        expressions.addAll(dashboardExpressions());
        Set<String> names = expressions.stream()
                .flatMap(expression -> namesIn(expression).stream())
                .collect(Collectors.toCollection(TreeSet::new));
        names.remove("up");
        return names;
    }

    private static Set<String> namesIn(String expression) {
        String bare = NOISE.matcher(expression).replaceAll(" ");
        Set<String> names = new TreeSet<>();
        Matcher matcher = IDENTIFIER.matcher(bare.replaceAll("\\[[^]]*]", " "));
        while (matcher.find()) {
            if (!WORDS.contains(matcher.group())) {
                names.add(matcher.group());
            }
        }
        return names;
    }
}
