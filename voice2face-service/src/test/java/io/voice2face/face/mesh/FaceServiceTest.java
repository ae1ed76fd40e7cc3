package io.voice2face.face.mesh;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import javax.imageio.ImageIO;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.voice2face.contracts.event.FaceGenerated;
import io.voice2face.contracts.event.Gender;
import io.voice2face.contracts.event.JobFailed;
import io.voice2face.contracts.event.JobProgressed;
import io.voice2face.contracts.event.JobState;
import io.voice2face.contracts.event.MeshEvent;
import io.voice2face.contracts.event.ModelUse;
import io.voice2face.contracts.event.Reasons;
import io.voice2face.contracts.event.RequestCompleted;
import io.voice2face.contracts.event.RequestErased;
import io.voice2face.contracts.event.Stage;
import io.voice2face.contracts.event.Variant;
import io.voice2face.contracts.event.VoiceSubmitted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

/** The service on a real broker, from voice-submitted to face-generated. */
@QuarkusTest
@QuarkusTestResource(FaceServiceResource.class)
class FaceServiceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final OptionalInt NO_WISH = OptionalInt.empty();

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrapServers;

    @ConfigProperty(name = "v2f.storage.url")
    String storage;

    private Mesh mesh;

    @BeforeEach
    void join() {
        mesh = new Mesh(bootstrapServers, storage);
    }

    @AfterEach
    void leave() {
        mesh.close();
    }

    @Test
    void givesAVoiceTwoFacesThatSayWhatTheyAre() throws IOException {
        VoiceSubmitted job = mesh.submit(UUID.randomUUID(), 1, voice(), Gender.MALE, 63, NO_WISH, true);

        List<FaceGenerated> faces = await(FaceGenerated.class, job, 2);

        FaceGenerated fromVoice = faces.get(0);
        FaceGenerated fromStatement = faces.get(1);
        assertThat(fromVoice.variant()).isEqualTo(Variant.VOICE);
        assertThat(fromStatement.variant()).isEqualTo(Variant.CONDITION);
        assertThat(fromVoice.gender()).isEqualTo(Gender.FEMALE);
        assertThat(fromStatement.gender()).isEqualTo(Gender.MALE);
        assertThat(fromStatement.age()).isEqualTo(63);
        assertThat(fromVoice.analysis()).hasValueSatisfying(heard -> {
            assertThat(heard.femaleProbability()).isGreaterThan(0.9);
            assertThat(heard.genderCertain()).isTrue();
            assertThat(heard.medianF0Hz()).isBetween(150.0, 260.0);
            assertThat(heard.speechSeconds()).isBetween(2.5, 5.5);
            assertThat(heard.under30() + heard.from30To49() + heard.over49()).isBetween(0.999, 1.001);
            assertThat(heard.ageEstimate()).isEqualTo(fromVoice.age());
        });
        assertThat(fromVoice.face().key())
                .isEqualTo("requests/" + job.requestId() + "/" + job.resultId() + "/voice/face.png");
        assertThat(fromVoice.models())
                .extracting(ModelUse::kind)
                .containsExactly("voice-analyser", "embedding-converter", "face-generator");
        assertThat(fromVoice.timings())
                .extracting(timing -> timing.step())
                .contains("download", "decode", "vad", "features", "analyse", "generate", "png", "upload");
        // what is for the swap is passed on
        assertThat(faces).extracting(FaceGenerated::target).containsOnly(job.target());
        assertThat(faces).extracting(FaceGenerated::gifPreview).containsOnly(true);
        assertIsMarkedPicture(mesh.get(fromVoice.face()));
        assertIsMarkedPicture(mesh.get(fromStatement.face()));
        assertThat(mesh.events(JobProgressed.class, job.resultId()))
                .extracting(JobProgressed::stage)
                .contains(Stage.ANALYSING, Stage.GENERATING);
    }

    @Test
    void givesOneVoiceOneFaceAndVariesItOnRegenerate() throws IOException {
        UUID request = UUID.randomUUID();
        VoiceSubmitted first = mesh.submit(voice(), Gender.FEMALE, 30);
        VoiceSubmitted same = mesh.submit(request, 1, voice(), Gender.FEMALE, 30, NO_WISH, false);
        VoiceSubmitted again = mesh.submit(request, 2, voice(), Gender.FEMALE, 30, NO_WISH, false);

        FaceGenerated a = await(FaceGenerated.class, first, 2).get(0);
        List<FaceGenerated> b = await(FaceGenerated.class, same, 2);
        List<FaceGenerated> c = await(FaceGenerated.class, again, 2);

        assertThat(a.gifPreview()).isFalse();
        assertThat(b.get(0).face().sha256()).isEqualTo(a.face().sha256());
        assertThat(c.get(0).face().sha256()).isNotEqualTo(a.face().sha256());
        assertThat(c.get(0).age()).isEqualTo(a.age());
        assertThat(c.get(0).gender()).isEqualTo(a.gender());
        assertThat(c.get(1).face().sha256()).isNotEqualTo(b.get(1).face().sha256());
    }

    @Test
    void doesTheSameWhenAnEventIsDeliveredTwice() throws IOException {
        VoiceSubmitted job = mesh.submit(voice(), Gender.FEMALE, 30);
        List<FaceGenerated> first = await(FaceGenerated.class, job, 2);

        mesh.publish(job);
        List<FaceGenerated> all = await(FaceGenerated.class, job, 4);

        assertThat(all.subList(2, 4))
                .extracting(FaceGenerated::face)
                .containsExactlyElementsOf(
                        first.stream().map(FaceGenerated::face).toList());
        assertThat(all.subList(2, 4))
                .extracting(MeshEvent::eventId)
                .containsExactlyElementsOf(
                        first.stream().map(MeshEvent::eventId).toList());
    }

    @Test
    void rejectsWhatIsNoVoiceWithAReasonAndTakesTheNextJob() throws IOException {
        VoiceSubmitted silence = mesh.submit(wav(new short[16_000 * 3]), Gender.FEMALE, 30);
        VoiceSubmitted tooShort = mesh.submit(wav(speech(0.7, 1.15)), Gender.FEMALE, 30);
        VoiceSubmitted text = mesh.submit(FolderStorage.utf8("this is no sound at all"), Gender.FEMALE, 30);
        VoiceSubmitted tooLong = mesh.submit(wav(new short[16_000 * 125]), Gender.FEMALE, 30);
        VoiceSubmitted good = mesh.submit(voice(), Gender.FEMALE, 30);

        assertRejected(silence, Reasons.NO_SPEECH);
        JobFailed shortFailure = assertRejected(tooShort, Reasons.SPEECH_TOO_SHORT);
        assertThat((Double) shortFailure.details().get("speechSeconds")).isBetween(0.05, 0.99);
        assertRejected(text, Reasons.UNREADABLE_VOICE);
        assertRejected(tooLong, Reasons.VOICE_TOO_LONG);
        await(FaceGenerated.class, good, 2);
    }

    @Test
    void putsPoisonIntoTheDeadLetterTopicWithItsBytesAndGoesOn() throws IOException {
        byte[] poison = FolderStorage.utf8("{\"requestId\": 7");
        mesh.send("voice-submitted", "poison", poison);
        VoiceSubmitted good = mesh.submit(voice(), Gender.FEMALE, 30);

        await(FaceGenerated.class, good, 2);
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            List<ConsumerRecord<String, byte[]>> letters = mesh.on("voice-submitted-dlq").stream()
                    .filter(record -> "poison".equals(record.key()))
                    .toList();
            assertThat(letters).hasSize(1);
            assertThat(letters.get(0).value()).isEqualTo(poison);
            assertThat(letters.get(0).headers().lastHeader("dead-letter-reason"))
                    .isNotNull();
        });
    }

    @Test
    void saysSystemFaultWhenTheRecordingIsGone() {
        VoiceSubmitted job = mesh.submit(new byte[] {1}, Gender.FEMALE, 30);
        VoiceSubmitted gone = new VoiceSubmitted(
                UUID.randomUUID(),
                UUID.randomUUID(),
                1,
                FolderStorage.reference("requests/none/voice", "audio/wav", new byte[] {1, 2}),
                30,
                Gender.FEMALE,
                OptionalInt.empty(),
                job.target(),
                false,
                job.submittedAt());
        mesh.publish(gone);

        JobFailed failure = await(JobFailed.class, gone, 1).get(0);

        assertThat(failure.fault()).isEqualTo(JobFailed.Fault.SYSTEM);
        assertThat(failure.reason()).isEqualTo(Reasons.OBJECT_MISSING);
    }

    @Test
    void doesNothingForARequestThatIsErased() throws IOException {
        UUID request = UUID.randomUUID();
        mesh.publish(new RequestErased(request, Instant.now()));
        // Erasures travel on a topic of their own: only once a job of that request stays without a face has it arrived.
        Awaitility.await().atMost(PATIENCE).until(() -> {
            VoiceSubmitted erased = mesh.submit(request, 1, voice(), Gender.FEMALE, 30, NO_WISH, false);
            VoiceSubmitted next = mesh.submit(request, 1, voice(), Gender.FEMALE, 30, NO_WISH, false);
            VoiceSubmitted other = mesh.submit(voice(), Gender.FEMALE, 30);
            await(FaceGenerated.class, other, 2);
            return mesh.events(FaceGenerated.class, erased.resultId()).isEmpty()
                    && mesh.events(FaceGenerated.class, next.resultId()).isEmpty();
        });
    }

    @Test
    void doesNothingForAResultThatIsCancelled() throws IOException {
        VoiceSubmitted job = mesh.submit(voice(), Gender.FEMALE, 30);
        mesh.publish(new RequestCompleted(
                job.requestId(), job.resultId(), JobState.CANCELLED, Optional.empty(), List.of(), Instant.now()));
        // The cancellation travels on a topic of its own: it has arrived once the same job gives nothing more.
        Awaitility.await().atMost(PATIENCE).until(() -> {
            int before = mesh.events(FaceGenerated.class, job.resultId()).size();
            mesh.publish(job);
            await(FaceGenerated.class, mesh.submit(job.requestId(), 1, voice(), Gender.FEMALE, 30, NO_WISH, false), 2);
            return mesh.events(FaceGenerated.class, job.resultId()).size() == before;
        });
    }

    @Test
    void healthNamesThePacksAndWhatTheyRunOn() {
        RestAssured.get("/q/health/ready")
                .then()
                .statusCode(200)
                .body("checks.find { it.name == 'models' }.data.'face-generator'", containsString("on cpu"))
                .body("status", equalTo("UP"));
        RestAssured.get("/q/metrics").then().statusCode(200).body(containsString("v2f_inference_provider"));
    }

    private <E extends MeshEvent> List<E> await(Class<E> type, VoiceSubmitted job, int count) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> mesh.events(type, job.resultId()).size() >= count);
        return mesh.events(type, job.resultId());
    }

    private JobFailed assertRejected(VoiceSubmitted job, String reason) {
        JobFailed failure = await(JobFailed.class, job, 1).get(0);
        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure.fault()).isEqualTo(JobFailed.Fault.INPUT);
        assertThat(failure.message()).isNotBlank();
        return failure;
    }

    private static void assertIsMarkedPicture(byte[] png) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
        assertThat(image.getWidth()).isEqualTo(512);
        assertThat(image.getHeight()).isEqualTo(512);
        assertThat(new String(png, StandardCharsets.ISO_8859_1))
                .contains("tEXt")
                .contains("AI generated")
                .contains("trainedAlgorithmicMedia");
    }

    private static byte[] voice() throws IOException {
        try (InputStream in = FaceServiceTest.class.getResourceAsStream("/golden/espeak-voice.wav")) {
            return in.readAllBytes();
        }
    }

    /** A stretch of the golden voice between two seconds of silence. */
    private static short[] speech(double from, double to) throws IOException {
        byte[] bytes = voice();
        short[] samples = new short[16_000 * 4];
        ByteBuffer pcm = ByteBuffer.wrap(bytes, 44, bytes.length - 44).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = (int) (from * 16_000); i < (int) (to * 16_000); i++) {
            samples[32_000 + i - (int) (from * 16_000)] = pcm.getShort(44 + 2 * i);
        }
        return samples;
    }

    private static byte[] wav(short[] samples) {
        ByteBuffer file = ByteBuffer.allocate(44 + 2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put(FolderStorage.utf8("RIFF")).putInt(36 + 2 * samples.length).put(FolderStorage.utf8("WAVEfmt "));
        file.putInt(16).putShort((short) 1).putShort((short) 1).putInt(16_000).putInt(32_000);
        file.putShort((short) 2)
                .putShort((short) 16)
                .put(FolderStorage.utf8("data"))
                .putInt(2 * samples.length);
        for (short sample : samples) {
            file.putShort(sample);
        }
        return file.array();
    }
}
