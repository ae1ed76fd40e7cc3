package io.voice2face.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

import io.voice2face.client.ApiException;
import io.voice2face.client.model.Clip;
import io.voice2face.client.model.Consent;
import io.voice2face.client.model.Credentials;
import io.voice2face.client.model.Gender;
import io.voice2face.client.model.GuestWish;
import io.voice2face.client.model.JobState;
import io.voice2face.client.model.ProfileChange;
import io.voice2face.client.model.Rating;
import io.voice2face.client.model.Request;
import io.voice2face.client.model.Result;
import io.voice2face.client.model.Share;
import io.voice2face.client.model.ShareWish;
import io.voice2face.client.model.SignUp;
import io.voice2face.client.model.SnsTime;
import io.voice2face.client.model.SurveyAnswers;
import io.voice2face.client.model.SurveyReason;
import io.voice2face.client.model.Template;
import io.voice2face.client.model.VariantProducts;
import io.voice2face.client.model.WebhookWish;
import io.voice2face.embedded.Folders;
import io.voice2face.hostile.Bait;
import io.voice2face.hostile.HostileCorpus;
import io.voice2face.hostile.RawHttp;

import com.fasterxml.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The public API of a whole mesh, as its clients meet it: well-meaning ones, by the typed client that the build generates
 * from the OpenAPI document, and hostile ones, by the corpus of {@code libs/hostile-input}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class PublicApiIT {
    private static final Path ROOT =
            Paths.get(System.getProperty("v2f.root", "../..")).toAbsolutePath().normalize();
    private static final Path FOLDER = Paths.get("target", "public-api-it").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String PASSWORD = "correct horse battery";
    private static final List<String> ENDS = List.of("SUCCEEDED", "PARTIAL", "FAILED", "REJECTED", "CANCELLED");
    private static final int PAGE = 100;

    private final ConcurrentLinkedQueue<String> deaths = new ConcurrentLinkedQueue<>();
    private LocalHome home;
    private Mesh mesh;
    private URI gateway;
    private Path voice;

    @BeforeAll
    void startTheMesh() throws Exception {
        Folders.delete(FOLDER);
        home = LocalHome.take(FOLDER.resolve("home")).orElseThrow();
        voice = Files.createDirectories(FOLDER.resolve("inputs")).resolve("female.wav");
        try (InputStream sample = Launcher.class.getResourceAsStream("/samples/female.wav")) {
            Files.copy(sample, voice, StandardCopyOption.REPLACE_EXISTING);
        }
        Map<String, String> settings = Map.of(
                // the corpus is one person's
                "V2F_LIMITS_QUOTA", "1000",
                "V2F_LIMITS_UPLOAD_TIME", "PT20S",
                "V2F_EVENTS_HEARTBEAT", "PT2S",
                "QUARKUS_HTTP_IDLE_TIMEOUT", "15S");
        mesh = new Mesh(home, ROOT, Duration.ofSeconds(5), settings, new Deaths());
        mesh.start();
        gateway = mesh.addresses().url(MeshService.GATEWAY);
    }

    @AfterAll
    void stopTheMesh() throws Exception {
        mesh.close();
        home.close();
    }

    @Test
    @Order(1)
    void theGeneratedClientDrivesAWholeRequest() throws Exception {
        TypedClient person = new TypedClient(gateway);
        String terms = person.config().getConfig().getConsentVersion();
        person.use(person.tokens()
                .enterAsGuest(null, new GuestWish().consent(new Consent().version(terms)))
                .getAccessToken());
        Template template = person.templates().listTemplates().stream()
                .filter(each -> each.getGender() == Gender.FEMALE)
                .findFirst()
                .orElseThrow();

        String key = UUID.randomUUID().toString();
        Request taken =
                person.requests().submitRequest(voice.toFile(), 34, "female", key, template.getId(), null, 5, true);
        assertThat(taken.getState()).isEqualTo(JobState.QUEUED);
        assertThat(person.requests()
                        .submitRequest(voice.toFile(), 34, "female", key, template.getId(), null, 5, true)
                        .getId())
                .as("the same key again")
                .isEqualTo(taken.getId());
        UUID id = taken.getId();
        String stream = person.requests().followRequest(id, null);
        assertThat(TypedClient.events(stream, "progress")).isNotEmpty();
        assertThat(TypedClient.events(stream, "state")).last().asString().contains("\"SUCCEEDED\"");

        Request done = person.requests().getRequest(id);
        assertThat(done.getState()).isEqualTo(JobState.SUCCEEDED);
        Result result = person.requests().getResult(id, done.getLatestResultId());
        assertThat(result.getVoiceAnalysis().getFemaleProbability()).isBetween(0.0, 1.0);
        checkMedia(person, id, result);

        person.feedback().rateVariant(id, result.getId(), "voice", new Rating().stars(4));
        person.feedback().rateVariant(id, result.getId(), "voice", new Rating().stars(5));
        person.feedback().answerSurvey(id, result.getId(), survey());
        assertThat(TypedClient.refusal(
                                () -> person.feedback().rateVariant(id, result.getId(), "voice", new Rating().stars(6)),
                                400)
                        .getErrors())
                .extracting("field")
                .containsExactly("stars");
        Result judged = person.requests().getResult(id, result.getId());
        assertThat(judged.getVariants().getVoice().getRating()).isEqualTo(5);
        assertThat(judged.getSurvey().getOpinion()).isEqualTo("by the generated client");

        checkSharing(person, id, result);
        checkFurtherAttempt(person, id, result);
        checkAccount(person, id, terms);
    }

    private void checkMedia(TypedClient person, UUID id, Result result) throws Exception {
        for (VariantProducts products :
                List.of(result.getVariants().getVoice(), result.getVariants().getCondition())) {
            assertThat(products.getModels()).isNotEmpty().allSatisfy(model -> assertThat(model.getProvider())
                    .isNotBlank());
            assertThat(products.getTimings()).isNotEmpty();
            Clip clip = products.getClip();
            assertThat(clip.getFrames()).isPositive();
            assertThat(products.getGif()).isNotNull();
        }
        for (String variant : List.of("voice", "condition")) {
            URI face =
                    TypedClient.location(() -> person.media().getMedia("face.png", id, result.getId(), variant, null));
            assertThat(download(face, "").body()).startsWith(0x89, 'P', 'N', 'G');
            URI gif =
                    TypedClient.location(() -> person.media().getMedia("clip.gif", id, result.getId(), variant, null));
            assertThat(download(gif, "").body()).startsWith('G', 'I', 'F', '8', '9', 'a');
            URI clip =
                    TypedClient.location(() -> person.media().getMedia("clip.mp4", id, result.getId(), variant, true));
            HttpResponse<byte[]> part = download(clip, "bytes=4-7");
            assertThat(part.statusCode()).isEqualTo(206);
            assertThat(TypedClient.text(part.body())).isEqualTo("ftyp");
            assertThat(part.headers().firstValue("Content-Type")).contains("video/mp4");
            assertThat(part.headers().firstValue("Content-Disposition"))
                    .get()
                    .asString()
                    .startsWith("attachment");
        }
        URI recording = TypedClient.location(() -> person.media().getVoice(id, null));
        assertThat(download(recording, "").body()).isEqualTo(Files.readAllBytes(voice));
    }

    private void checkSharing(TypedClient person, UUID id, Result result) throws ApiException {
        Share link = person.sharing().shareResult(id, result.getId(), new ShareWish().expiresInHours(1));
        String token = link.getUrl().substring("/s/".length());
        TypedClient stranger = new TypedClient(gateway);
        Result shared = stranger.sharing().openShared(token);
        assertThat(shared.getVariants().getVoice().getFace().getUrl()).contains(token);
        assertThat(shared.getSurvey()).isNull();
        assertThat(TypedClient.location(() -> stranger.sharing().getSharedMedia("face.png", token, "condition", null)))
                .isNotNull();
        assertThat(person.sharing().listShares(id, result.getId()))
                .extracting(Share::getId)
                .containsExactly(link.getId());
        person.sharing().revokeShare(id, result.getId(), link.getId());
        assertThat(TypedClient.refusal(() -> stranger.sharing().openShared(token), 404)
                        .getReason())
                .isEqualTo("not_found");
    }

    private void checkFurtherAttempt(TypedClient person, UUID id, Result first) throws ApiException {
        Result second = person.requests().addResult(id, null);
        assertThat(second.getAttempt()).isEqualTo(2);
        assertThat(person.requests().cancelRequest(id).getState()).isEqualTo(JobState.CANCELLED);
        assertThat(person.requests().getRequest(id).getResults())
                .extracting(Result::getId)
                .containsExactly(first.getId(), second.getId());
        assertThat(TypedClient.refusal(() -> person.requests().cancelRequest(first.getId()), 404)
                        .getType()
                        .toString())
                .endsWith("/not_found");
    }

    private void checkAccount(TypedClient person, UUID id, String terms) throws Exception {
        String email = "generated-" + UUID.randomUUID() + "@example.org";
        person.users()
                .signUp(new SignUp()
                        .email(email)
                        .password(PASSWORD)
                        .age(34)
                        .gender(Gender.FEMALE)
                        .consent(new Consent().version(terms)));
        person.use(person.tokens()
                .logIn(new Credentials().email(email).password(PASSWORD), null)
                .getAccessToken());
        assertThat(person.users().getMe().getEmail()).isEqualTo(email);
        assertThat(person.users().changeMe(new ProfileChange().age(35)).getAge())
                .isEqualTo(35);
        assertThat(person.requests().listRequests(null, 10).getItems())
                .extracting(Request::getId)
                .containsExactly(id);
        assertThat(TypedClient.refusal(
                                () -> person.webhooks().addWebhook(new WebhookWish().url("https://127.0.0.1/hook")),
                                400)
                        .getErrors())
                .extracting("reason")
                .containsExactly("refused_target");
        try (ZipFile export = new ZipFile(person.users().exportMe())) {
            assertThat(export.stream().map(Object::toString)).contains("account.json", "requests.json");
        }
        person.requests().deleteRequest(id);
        assertThat(TypedClient.refusal(() -> person.requests().getRequest(id), 404)
                        .getReason())
                .isEqualTo("not_found");
        person.users().deleteMe();
        assertThat(TypedClient.refusal(() -> person.users().getMe(), 401).getReason())
                .isEqualTo("unauthorized");
    }

    private static SurveyAnswers survey() {
        return new SurveyAnswers()
                .snsTime(SnsTime.UNDER_1H)
                .addReasonsItem(SurveyReason.CURIOSITY)
                .voiceToFaceRating(4)
                .faceToClipRating(4)
                .moreClips(false)
                .waitingTimeRating(5)
                .recommend(true)
                .opinion("by the generated client");
    }

    @Test
    @Order(2)
    void hostileInputIsRefusedOrRejectedAndReachesNothing() throws Exception {
        Assumptions.assumeTrue(Witness.canSee(), "only Linux tells what a process holds open");
        String marker = "hostile-" + UUID.randomUUID();
        String secret = "secret-" + UUID.randomUUID();
        Path file = Files.writeString(FOLDER.resolve("inputs").resolve("private.txt"), secret);
        List<Long> processes = serviceProcesses();
        Set<Path> before = filesAtWork();
        Map<String, String> broken = new LinkedHashMap<>();
        try (Canary canary = new Canary();
                Witness witness = new Witness(this::serviceProcesses, ports(), home.folder())) {
            Bait bait = new Bait(canary.address(), file.toUri(), marker);
            String token = guest().path("accessToken").asText();
            List<HostileCorpus.Case> cases =
                    new HostileCorpus(token, template(), Files.readAllBytes(voice), bait).make();
            assertThat(cases).hasSizeGreaterThanOrEqualTo(150);
            Map<String, String> accepted = send(cases, broken);
            broken.putAll(unlessRejected(accepted, token));

            assertThat(broken).isEmpty();
            assertThat(accepted)
                    .as("some of it can only be judged by the workers")
                    .hasSizeGreaterThan(20);
            assertThat(canary.callers()).as("who called the listener").isEmpty();
            assertThat(witness.seen())
                    .as("connections and files that should not be")
                    .isEmpty();
        }
        assertThat(deaths).isEmpty();
        assertThat(serviceProcesses()).isEqualTo(processes);
        assertThat(serverFailures()).isEmpty();
        assertThat(namesWith(marker)).isEmpty();
        assertThat(objectsWith(secret)).isEmpty();
        await("what was spooled is gone").atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(filesAtWork())
                .isSubsetOf(before));
    }

    /** Sends everything; returns the ids of what was accepted by the names of their cases. */
    private Map<String, String> send(List<HostileCorpus.Case> cases, Map<String, String> broken) {
        RawHttp http = new RawHttp(gateway);
        Map<String, String> accepted = new LinkedHashMap<>();
        for (int i = 0; i < cases.size(); i++) {
            HostileCorpus.Case each = cases.get(i);
            RawHttp.Answer answer = http.send(each.request());
            // what is no HTTP may be answered by closing
            boolean closed = each.name().startsWith("http:") && Set.of(0, 501).contains(answer.status());
            if (each.media() && answer.status() == 202) {
                accepted.put(
                        i + " " + each.name(),
                        Json.read(answer.body()).path("id").asText());
            } else if (!closed && (answer.status() < 400 || answer.status() > 499)) {
                broken.put(i + " " + each.name(), answer.status() + " " + answer.body());
            } else if (!answer.body().isEmpty() && !answer.body().contains("\"reason\"")) {
                broken.put(i + " " + each.name(), answer.status() + " without a reason");
            }
        }
        return accepted;
    }

    /** Waits for the workers' judgement; returns what was not rejected with a reason. */
    private Map<String, String> unlessRejected(Map<String, String> accepted, String token) {
        Map<String, JsonNode> ends = new LinkedHashMap<>();
        await("the workers' judgement")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> {
                    allRequests(token).stream()
                            .filter(request ->
                                    ENDS.contains(request.path("state").asText()))
                            .forEach(request -> ends.put(request.path("id").asText(), request));
                    return ends.keySet().containsAll(accepted.values());
                });
        Map<String, String> others = new LinkedHashMap<>();
        accepted.forEach((name, id) -> {
            JsonNode end = ends.get(id);
            boolean rejected = end.path("state").asText().equals("REJECTED")
                    && !end.at("/failure/reason").asText().isBlank()
                    && !end.at("/failure/message").asText().isBlank();
            if (!rejected) {
                others.put(name, end.path("state").asText() + " " + end.path("failure"));
            }
        });
        return others;
    }

    private List<JsonNode> allRequests(String token) throws Exception {
        List<JsonNode> all = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = Json.read(call("/api/v1/requests?limit=" + PAGE + cursor, token));
            page.path("items").forEach(all::add);
            cursor = page.path("next").isTextual()
                    ? "&cursor=" + page.path("next").asText()
                    : "";
        } while (!cursor.isEmpty());
        return all;
    }

    @Test
    @Order(3)
    void uploadsThatStandStillOrTrickleAreGivenUp() throws Exception {
        String token = guest().path("accessToken").asText();
        try (Socket still = beginUpload(token, 1_000_000)) {
            await("the end of the upload that stands still")
                    .atMost(Duration.ofSeconds(90))
                    .until(() -> isOver(still));
        }
        AtomicInteger bytes = new AtomicInteger();
        try (Socket trickling = beginUpload(token, 1_000_000)) {
            await("the end of the upload that trickles")
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> {
                        try {
                            trickling.getOutputStream().write('x');
                            trickling.getOutputStream().flush();
                            bytes.incrementAndGet();
                        } catch (IOException closed) {
                            return true;
                        }
                        return isOver(trickling);
                    });
        }
        assertThat(bytes.get()).as("it was never idle for long").isGreaterThan(10);
    }

    @Test
    @Order(4)
    void anUploadOf200MegabytesCostsTheGatewayLittleHeap() throws Exception {
        long target = 200_000_000;
        String token = guest().path("accessToken").asText();
        byte[] head = join(
                part("age", "30"),
                part("gender", "female"),
                file("voice", Files.readAllBytes(voice)),
                text("--b\r\nContent-Disposition: form-data; name=\"target\"; filename=\"t.mp4\"\r\n\r\n"),
                new byte[] {0, 0, 0, 24},
                text("ftypisom\0\0\2\0isomiso2"));
        byte[] tail = text("\r\n--b--\r\n");
        byte[] block = new byte[1_000_000];
        Arrays.fill(block, (byte) 'v');
        long before = heapInUse();
        try (Socket upload = connect()) {
            OutputStream out = upload.getOutputStream();
            out.write(uploadHead(token, head.length + target + tail.length));
            out.write(head);
            long most = 0;
            for (long sent = 0; sent < target; sent += block.length) {
                out.write(block);
                // while it is on its way, and when nearly all of it is there
                if (sent == target / 2 || sent == target - block.length) {
                    most = Math.max(most, heapInUse());
                }
            }
            out.write(tail);
            out.flush();
            String answer = answer(upload);
            most = Math.max(most, heapInUse());
            assertThat(answer).startsWith("HTTP/1.1 202");
            System.out.printf(
                    "heap of the gateway: %d MB before, at most %d MB during 200 MB%n", before >> 20, most >> 20);
            assertThat(most - before).isLessThan(50L << 20);
        }
    }

    @Test
    @Order(5)
    void aGoodRequestAfterAllThatSucceeds() throws Exception {
        TypedClient person = new TypedClient(gateway);
        person.use(person.tokens().enterAsGuest(null, new GuestWish()).getAccessToken());
        Request request =
                person.requests().submitRequest(voice.toFile(), 40, "female", null, template(), null, null, null);
        person.requests().followRequest(request.getId(), null);
        Request done = person.requests().getRequest(request.getId());
        assertThat(done.getState()).isEqualTo(JobState.SUCCEEDED);
        assertThat(done.getGifPreview()).as("not asked for").isFalse();
        Result result = done.getResults().get(0);
        assertThat(result.getVariants().getVoice().getGif()).isNull();
        assertThat(TypedClient.refusal(
                                () -> person.media()
                                        .getMedia("clip.gif", request.getId(), result.getId(), "voice", null),
                                404)
                        .getReason())
                .isEqualTo("not_found");
    }

    // ---- what the tests are written in ----

    private JsonNode guest() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(gateway.resolve("/api/v1/tokens/guest"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        return Json.read(HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body());
    }

    private String call(String path, String token) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(gateway.resolve(path))
                .header("Authorization", "Bearer " + token)
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private String template() throws Exception {
        return Json.read(call("/api/v1/templates", "")).path(0).path("id").asText();
    }

    private static HttpResponse<byte[]> download(URI place, String range) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(place);
        if (!range.isEmpty()) {
            request.header("Range", range);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private List<Long> serviceProcesses() {
        return Stream.of(MeshService.values())
                .map(service -> mesh.process(service.serviceName()).handle().pid())
                .toList();
    }

    private Set<Integer> ports() {
        Set<Integer> ports = new HashSet<>();
        Stream.of(MeshService.values())
                .forEach(service -> ports.add(mesh.addresses().url(service).getPort()));
        ports.add(mesh.addresses().s3Endpoint().getPort());
        ports.add(URI.create("x://" + mesh.addresses().bootstrapServers()).getPort());
        ports.add(URI.create(mesh.addresses().jdbcUrl("x").substring("jdbc:".length()))
                .getPort());
        return ports;
    }

    /** Files in the services' working folders. */
    private Set<Path> filesAtWork() {
        Set<Path> found = new TreeSet<>();
        for (MeshService service : MeshService.values()) {
            found.addAll(files(home.work(service.serviceName()), 20, file -> true));
        }
        return found;
    }

    /** Files whose names have a word, in the places where a file might be made by mistake. */
    private Set<Path> namesWith(String word) {
        Set<Path> found = new TreeSet<>();
        Path temporary = Paths.get(System.getProperty("java.io.tmpdir"));
        Predicate<Path> named = file ->
                file.getFileName() != null && file.getFileName().toString().contains(word);
        for (Path place : List.of(temporary, Paths.get("/"), Paths.get(System.getProperty("user.home")), ROOT)) {
            found.addAll(files(place, 2, named));
        }
        found.addAll(files(home.folder(), 20, named));
        return found;
    }

    private Set<Path> objectsWith(String text) {
        return files(home.data("s3"), 20, file -> {
            try {
                return Files.readString(file, StandardCharsets.ISO_8859_1).contains(text);
            } catch (IOException gone) {
                return false;
            }
        });
    }

    private static Set<Path> files(Path folder, int depth, Predicate<Path> wanted) {
        Set<Path> found = new TreeSet<>();
        try {
            Files.walkFileTree(folder, Set.of(), depth, new java.nio.file.SimpleFileVisitor<>() {
                @Override
                public java.nio.file.FileVisitResult visitFile(
                        Path file, java.nio.file.attribute.BasicFileAttributes attributes) {
                    if (attributes.isRegularFile() && wanted.test(file)) {
                        found.add(file);
                    }
                    return java.nio.file.FileVisitResult.CONTINUE;
                }

                @Override
                public java.nio.file.FileVisitResult visitFileFailed(Path file, IOException closedOrGone) {
                    return java.nio.file.FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return found;
    }

    /** What every service has answered with 5xx since it started. */
    private List<String> serverFailures() throws Exception {
        List<String> failures = new ArrayList<>();
        for (MeshService service : MeshService.values()) {
            String metrics =
                    TypedClient.text(download(mesh.addresses().url(service).resolve("/q/metrics"), "")
                            .body());
            metrics.lines()
                    .filter(line -> line.startsWith("http_server_requests_seconds_count")
                            && line.contains("status=\"5")
                            // probes while it started
                            && !line.contains("/q/health")
                            && !line.contains("status=\"501\""))
                    .forEach(line -> failures.add(service.serviceName() + " " + line));
        }
        return failures;
    }

    /** Heap of the gateway that is in use after a collection, in bytes. */
    private long heapInUse() throws Exception {
        long process = mesh.process(MeshService.GATEWAY.serviceName()).handle().pid();
        Process collection = new ProcessBuilder(
                        Paths.get(System.getProperty("java.home"), "bin", "jcmd")
                                .toString(),
                        Long.toString(process),
                        "GC.run")
                .redirectErrorStream(true)
                .start();
        String said = TypedClient.text(collection.getInputStream().readAllBytes());
        assertThat(collection.waitFor()).as(said).isZero();
        return TypedClient.text(download(gateway.resolve("/q/metrics"), "").body())
                .lines()
                .filter(line -> line.startsWith("jvm_memory_used_bytes") && line.contains("area=\"heap\""))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(gateway.getHost(), gateway.getPort());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    private Socket beginUpload(String token, long length) throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write(uploadHead(token, length));
        socket.getOutputStream().write(text("--b\r\n"));
        socket.getOutputStream().flush();
        return socket;
    }

    private static byte[] uploadHead(String token, long length) {
        return text("POST /api/v1/requests HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
                + token + "\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: " + length
                + "\r\n\r\n");
    }

    /** True where the server has answered, or closed. */
    private static boolean isOver(Socket socket) throws IOException {
        socket.setSoTimeout(200);
        try {
            return socket.getInputStream().read() >= -1;
        } catch (java.net.SocketTimeoutException stillOpen) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    private static String answer(Socket socket) throws IOException {
        return TypedClient.text(socket.getInputStream().readAllBytes());
    }

    private static byte[] part(String name, String value) {
        return text("--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n");
    }

    private static byte[] file(String name, byte[] contents) {
        return join(
                text("--b\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"f\"\r\n\r\n"),
                contents,
                text("\r\n"));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] join(byte[]... pieces) {
        java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
        Arrays.stream(pieces).forEach(all::writeBytes);
        return all.toByteArray();
    }

    /** Remembers which processes died. */
    private final class Deaths implements Mesh.Listener {
        @Override
        public void ready(String name, int port, ProcessHandle process, Duration after) {
            // as expected
        }

        @Override
        public void portTaken(String name, int preferred, int used) {
            // another run on this machine
        }

        @Override
        public void died(String name, int status, Path log, Duration restartAfter) {
            deaths.add(name + " with status " + status);
        }
    }
}
