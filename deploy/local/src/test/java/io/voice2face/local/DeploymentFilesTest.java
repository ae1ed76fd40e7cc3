package io.voice2face.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** The files for Compose, Kubernetes and the monitoring say what they should; they are run elsewhere. */
class DeploymentFilesTest {
    private static final Path ROOT =
            Paths.get(System.getProperty("v2f.root", "../..")).toAbsolutePath().normalize();
    private static final Set<String> SERVICES = Stream.of(MeshService.values())
            .map(MeshService::serviceName)
            .collect(Collectors.toCollection(TreeSet::new));

    @ParameterizedTest
    @MethodSource("yamlFiles")
    void everyFileParses(Path file) throws IOException {
        assertThat(Kustomization.documents(file)).isNotEmpty();
    }

    @Test
    void everyServiceHasADeploymentThatIsProbedBoundedAndUnprivileged() throws IOException {
        List<JsonNode> deployments = ofKind("Deployment");

        assertThat(names(deployments)).isEqualTo(SERVICES);
        for (JsonNode deployment : deployments) {
            JsonNode pod = deployment.at("/spec/template/spec");
            JsonNode container = pod.at("/containers/0");
            assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
            assertThat(pod.at("/automountServiceAccountToken").asBoolean(true)).isFalse();
            for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
                assertThat(container.at("/" + probe + "/httpGet/path").asText()).startsWith("/q/health/");
            }
            assertThat(container.at("/resources/requests/cpu").asText()).isNotBlank();
            assertThat(container.at("/resources/limits/memory").asText()).isNotBlank();
            assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean())
                    .isTrue();
            assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true))
                    .isFalse();
            assertThat(container.at("/securityContext/capabilities/drop/0").asText())
                    .isEqualTo("ALL");
        }
    }

    @Test
    void everyServiceCanBeReachedScaledAndDrained() throws IOException {
        for (String kind : List.of("Service", "HorizontalPodAutoscaler", "PodDisruptionBudget")) {
            assertThat(names(ofKind(kind))).as(kind).isEqualTo(SERVICES);
        }
        assertThat(names(ofKind("NetworkPolicy")))
                .contains("voice2face-default-deny", "gateway-service", "storage-service");
    }

    @Test
    void secretsAreReferencedAndNotStored() throws IOException {
        assertThat(ofKind("Secret")).isEmpty();
        for (JsonNode deployment : ofKind("Deployment")) {
            for (JsonNode variable : deployment.at("/spec/template/spec/containers/0/env")) {
                if (variable.path("name").asText().matches(".*(TOKEN|PASSWORD|SECRET_KEY|ACCESS_KEY)")) {
                    assertThat(variable.has("value")).isFalse();
                    assertThat(variable.at("/valueFrom/secretKeyRef/name").asText())
                            .isNotBlank();
                }
            }
        }
        assertThat(Files.readAllLines(ROOT.resolve("deploy/compose/.env.example")))
                .filteredOn(line -> line.matches("V2F_.*(TOKEN|PASSWORD|KEY)=.*"))
                .isNotEmpty()
                .allMatch(line -> line.endsWith("="));
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/cpu", "overlays/gpu"})
    void everyKustomizationIsWhatItPromises(String name) throws IOException {
        List<JsonNode> objects = Kustomization.build(ROOT.resolve("k8s").resolve(name));
        assertThat(objects).hasSameSizeAs(Kustomization.build(ROOT.resolve("k8s/base")));
        for (String service : List.of("voice2face-service", "faceswap-service")) {
            JsonNode deployment = object(objects, "Deployment", service);
            JsonNode pod = deployment.at("/spec/template/spec");
            JsonNode container = pod.at("/containers/0");
            switch (name) {
                case "overlays/gpu" -> {
                    // cuda and not auto: a pod without a GPU must say so
                    assertThat(environment(container)).containsEntry("V2F_INFERENCE_PROVIDER", "cuda");
                    assertThat(container
                                    .at("/resources/limits")
                                    .path("nvidia.com/gpu")
                                    .asInt())
                            .isEqualTo(1);
                    assertThat(container.path("image").asText()).endsWith(service + ":gpu");
                    assertThat(pod.path("nodeSelector")
                                    .path("nvidia.com/gpu.present")
                                    .asText())
                            .isEqualTo("true");
                    assertThat(pod.at("/tolerations/0/key").asText()).isEqualTo("nvidia.com/gpu");
                    assertThat(deployment
                                    .at("/spec/strategy/rollingUpdate/maxSurge")
                                    .asInt(-1))
                            .isZero();
                }
                case "overlays/cpu" ->
                    assertThat(environment(container))
                            .containsEntry("V2F_INFERENCE_PROVIDER", "cpu")
                            .containsEntry("V2F_INFERENCE_THREADS", "2");
                default -> assertThat(environment(container)).doesNotContainKey("V2F_INFERENCE_PROVIDER");
            }
            // what an overlay adds takes nothing of what the base promises
            assertThat(container.at("/resources/limits/memory").asText()).isNotBlank();
            assertThat(environment(container)).containsKey("V2F_STORAGE_URL");
        }
        if (!name.equals("base")) {
            assertThat(objects)
                    .allMatch(
                            object -> object.at("/metadata/namespace").asText().equals("voice2face"));
        }
    }

    @Test
    void theGatewayKnowsWhoseCallItIsBehindTheIngress() throws IOException {
        JsonNode gateway = object(ofKind("Deployment"), "Deployment", "gateway-service");
        assertThat(environment(gateway.at("/spec/template/spec/containers/0")))
                .as("else everybody is throttled as one person")
                .containsEntry("QUARKUS_HTTP_PROXY_PROXY_ADDRESS_FORWARDING", "true")
                .containsEntry("QUARKUS_HTTP_PROXY_ALLOW_X_FORWARDED", "true");
    }

    @Test
    void theAutoscalerAloneSaysHowManyThereAre() throws IOException {
        assertThat(ofKind("Deployment"))
                .noneMatch(deployment -> deployment.path("spec").has("replicas"));
    }

    @Test
    void composeRunsTheFourServicesAndPrometheusScrapesEach() throws IOException {
        JsonNode compose = Kustomization.documents(ROOT.resolve("deploy/compose/compose.yml"))
                .get(0)
                .path("services");
        JsonNode prometheus = Kustomization.documents(ROOT.resolve("deploy/monitoring/prometheus.yml"))
                .get(0);
        Set<String> targets = new TreeSet<>();
        prometheus.findValues("targets").forEach(list -> list.forEach(target -> targets.add(target.asText())));
        for (MeshService service : MeshService.values()) {
            assertThat(compose.at("/" + service.serviceName() + "/build/args/SERVICE")
                            .asText())
                    .isEqualTo(service.serviceName());
            assertThat(targets).contains(service.serviceName() + ":" + service.preferredPort());
        }
    }

    /** The bound on memory holds for the settings of the JVM that it was measured with. */
    @Test
    void faceSwappingIsStartedEverywhereAsItIsMeasured() throws IOException {
        String compose = Kustomization.documents(ROOT.resolve("deploy/compose/compose.yml"))
                .get(0)
                .at("/services/faceswap-service/environment/JDK_JAVA_OPTIONS")
                .asText();
        String kubernetes = "";
        for (JsonNode variable : Kustomization.documents(ROOT.resolve("k8s/base/faceswap-service.yaml"))
                .get(0)
                .at("/spec/template/spec/containers/0/env")) {
            if (variable.path("name").asText().equals("JDK_JAVA_OPTIONS")) {
                kubernetes = variable.path("value").asText();
            }
        }
        String benchmark = Files.readString(ROOT.resolve("faceswap-service/pom.xml"));
        for (String option : MeshService.FACESWAP.jvmOptions()) {
            assertThat(benchmark).contains("<argument>" + option + "</argument>");
            // there, the limit of the container bounds the heap
            if (!option.startsWith("-Xmx")) {
                assertThat(compose).contains(option);
                assertThat(kubernetes).contains(option);
            }
        }
    }

    @Test
    void everyAlertAndPanelAsksForSomething() throws IOException {
        MonitoringFiles monitoring = new MonitoringFiles(ROOT);
        assertThat(monitoring.alertExpressions()).hasSizeGreaterThan(5);
        assertThat(monitoring.dashboardExpressions()).hasSizeGreaterThan(10);
        assertThat(monitoring.metricNames())
                .contains("v2f_jobs_total", "v2f_stage_seconds_bucket", "v2f_queue_age_seconds_bucket")
                .allMatch(name -> name.matches("(v2f|jvm|process)_[a-z_]+"));
    }

    static Stream<Path> yamlFiles() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String folder : List.of("k8s", "deploy/compose", "deploy/monitoring")) {
            try (Stream<Path> found = Files.walk(ROOT.resolve(folder))) {
                found.filter(file -> file.toString().matches(".*\\.ya?ml")).forEach(files::add);
            }
        }
        return files.stream();
    }

    private static JsonNode object(List<JsonNode> objects, String kind, String name) {
        return objects.stream()
                .filter(object -> object.path("kind").asText().equals(kind))
                .filter(object -> object.at("/metadata/name").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, String> environment(JsonNode container) {
        Map<String, String> variables = new TreeMap<>();
        container
                .path("env")
                .forEach(variable -> variables.put(
                        variable.path("name").asText(), variable.path("value").asText()));
        return variables;
    }

    private static List<JsonNode> ofKind(String kind) throws IOException {
        List<JsonNode> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(ROOT.resolve("k8s/base"))) {
            for (Path file : files.toList()) {
                Kustomization.documents(file).stream()
                        .filter(document -> document.path("kind").asText().equals(kind))
                        .forEach(found::add);
            }
        }
        return found;
    }

    private static Set<String> names(List<JsonNode> objects) {
        return objects.stream()
                .map(object -> object.at("/metadata/name").asText())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
