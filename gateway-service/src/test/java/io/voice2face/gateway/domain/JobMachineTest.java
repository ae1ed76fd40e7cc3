package io.voice2face.gateway.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.voice2face.contracts.event.FaceGenerated;
import io.voice2face.contracts.event.Gender;
import io.voice2face.contracts.event.JobFailed;
import io.voice2face.contracts.event.JobProgressed;
import io.voice2face.contracts.event.JobState;
import io.voice2face.contracts.event.MediaKind;
import io.voice2face.contracts.event.MediaStored;
import io.voice2face.contracts.event.MeshEvent;
import io.voice2face.contracts.event.ModelUse;
import io.voice2face.contracts.event.ObjectRef;
import io.voice2face.contracts.event.RequestErased;
import io.voice2face.contracts.event.Stage;
import io.voice2face.contracts.event.StageTiming;
import io.voice2face.contracts.event.Target;
import io.voice2face.contracts.event.Variant;
import io.voice2face.contracts.event.VideoSwapped;

import static org.assertj.core.api.Assertions.assertThat;

class JobMachineTest {
    private static final UUID REQUEST = UUID.randomUUID();
    private static final UUID RESULT = UUID.randomUUID();
    private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");

    private static final MeshEvent ANALYSING = progress(Stage.ANALYSING, null);
    private static final MeshEvent GENERATING = progress(Stage.GENERATING, null);
    private static final MeshEvent SWAPPING_VOICE = progress(Stage.SWAPPING, Variant.VOICE);
    private static final MeshEvent STORING = progress(Stage.STORING, Variant.VOICE);
    private static final MeshEvent FACE_V = face(Variant.VOICE);
    private static final MeshEvent FACE_C = face(Variant.CONDITION);
    private static final MeshEvent FACE_V_STORED = stored(Variant.VOICE, MediaKind.FACE);
    private static final MeshEvent FACE_C_STORED = stored(Variant.CONDITION, MediaKind.FACE);
    private static final MeshEvent CLIP_V = clip(Variant.VOICE);
    private static final MeshEvent CLIP_C = clip(Variant.CONDITION);
    private static final MeshEvent CLIP_V_STORED = stored(Variant.VOICE, MediaKind.CLIP);
    private static final MeshEvent CLIP_C_STORED = stored(Variant.CONDITION, MediaKind.CLIP);
    private static final List<MeshEvent> ALL_FACTS =
            List.of(FACE_V, FACE_C, FACE_V_STORED, FACE_C_STORED, CLIP_V, CLIP_C, CLIP_V_STORED, CLIP_C_STORED);

    private final JobMachine machine = new JobMachine();

    static Stream<Arguments> table() {
        MeshEvent noSpeech = failure(Optional.empty(), Stage.ANALYSING, JobFailed.Fault.INPUT);
        MeshEvent noFace = failure(Optional.of(Variant.VOICE), Stage.SWAPPING, JobFailed.Fault.INPUT);
        MeshEvent generatorBroken = failure(Optional.empty(), Stage.GENERATING, JobFailed.Fault.SYSTEM);
        MeshEvent swapVBroken = failure(Optional.of(Variant.VOICE), Stage.SWAPPING, JobFailed.Fault.SYSTEM);
        MeshEvent swapCBroken = failure(Optional.of(Variant.CONDITION), Stage.SWAPPING, JobFailed.Fault.SYSTEM);
        MeshEvent clipVLost = failure(Optional.of(Variant.VOICE), Stage.STORING, JobFailed.Fault.SYSTEM);
        return Stream.of(
                row(JobState.QUEUED),
                row(JobState.ANALYSING, ANALYSING),
                row(JobState.GENERATING, ANALYSING, GENERATING),
                row(JobState.GENERATING, GENERATING, ANALYSING),
                row(JobState.GENERATING, FACE_V),
                row(JobState.SWAPPING, FACE_V, FACE_C),
                row(JobState.SWAPPING, FACE_V, SWAPPING_VOICE),
                row(JobState.SWAPPING, FACE_V, SWAPPING_VOICE, GENERATING),
                // a face that is stored does not make the whole job STORING
                row(JobState.GENERATING, FACE_V, STORING),
                row(JobState.SWAPPING, FACE_V, FACE_C, CLIP_V),
                row(JobState.STORING, FACE_V, FACE_C, CLIP_V, CLIP_C),
                row(JobState.STORING, FACE_V, FACE_C, CLIP_V, swapCBroken),
                row(JobState.REJECTED, noSpeech),
                row(JobState.REJECTED, FACE_V, FACE_V_STORED, noFace),
                row(JobState.FAILED, generatorBroken),
                row(JobState.FAILED, ANALYSING, generatorBroken),
                // the bytes of the face did not arrive: there is nothing to show
                row(JobState.FAILED, FACE_V, clipVLost),
                row(JobState.SWAPPING, FACE_V, FACE_C, FACE_V_STORED, FACE_C_STORED, swapVBroken),
                row(JobState.PARTIAL, FACE_V, FACE_C, FACE_V_STORED, FACE_C_STORED, swapVBroken, CLIP_C, CLIP_C_STORED),
                row(JobState.PARTIAL, FACE_V, FACE_C, FACE_V_STORED, FACE_C_STORED, swapVBroken, swapCBroken),
                // failures overtake the news that the faces are kept
                row(JobState.STORING, FACE_V, FACE_C, swapVBroken, swapCBroken),
                row(JobState.PARTIAL, FACE_V, FACE_C, swapVBroken, swapCBroken, FACE_V_STORED, FACE_C_STORED),
                row(
                        JobState.PARTIAL,
                        FACE_V,
                        FACE_C,
                        FACE_V_STORED,
                        FACE_C_STORED,
                        CLIP_V,
                        clipVLost,
                        CLIP_C,
                        CLIP_C_STORED),
                // a failure that is told after the clip came through all the same
                row(
                        JobState.SUCCEEDED,
                        FACE_V,
                        FACE_C,
                        FACE_V_STORED,
                        FACE_C_STORED,
                        CLIP_V,
                        CLIP_V_STORED,
                        swapVBroken,
                        CLIP_C,
                        CLIP_C_STORED),
                row(JobState.SUCCEEDED, ALL_FACTS.toArray(MeshEvent[]::new)));
    }

    @ParameterizedTest(name = "[{index}] ends in {0}")
    @MethodSource("table")
    void eventsLeadToState(JobState expected, List<MeshEvent> events) {
        assertThat(run(events).state()).isEqualTo(expected);
    }

    @Test
    void anyOrderOfTheFactsEndsInSuccess() {
        Random random = new Random(7);
        for (int i = 0; i < 500; i++) {
            List<MeshEvent> shuffled = new ArrayList<>(ALL_FACTS);
            Collections.shuffle(shuffled, random);
            List<MeshEvent> allButTheLast = shuffled.subList(0, shuffled.size() - 1);
            assertThat(run(allButTheLast).state().isFinal()).isFalse();
            Job job = run(shuffled);
            assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
            assertThat(job.variant(Variant.VOICE).state()).isEqualTo(VariantJob.State.DONE);
            assertThat(job.variant(Variant.CONDITION).models()).hasSize(2);
        }
    }

    @Test
    void statesOnlyMoveForward() {
        Random random = new Random(11);
        List<MeshEvent> events = new ArrayList<>(ALL_FACTS);
        events.addAll(List.of(ANALYSING, GENERATING, SWAPPING_VOICE, STORING));
        for (int i = 0; i < 500; i++) {
            Collections.shuffle(events, random);
            Job job = Job.queued();
            for (MeshEvent event : events) {
                Job next = machine.apply(job, event).job();
                assertThat(next.state()).isGreaterThanOrEqualTo(job.state());
                job = next;
            }
        }
    }

    @Test
    void repeatedFactsChangeNothing() {
        Job once = run(List.of(FACE_V, FACE_V_STORED));
        for (MeshEvent event : List.of(FACE_V, FACE_V_STORED)) {
            Transition transition = machine.apply(once, event);
            assertThat(transition).isEqualTo(new Transition.Ignored(once, Transition.Why.KNOWN));
        }
    }

    @ParameterizedTest
    @EnumSource(JobState.class)
    void nothingLeadsOutOfAnEnd(JobState state) {
        Job job = new Job(state, Job.queued().variants(), Optional.empty(), Optional.empty());
        List<MeshEvent> events = new ArrayList<>(ALL_FACTS);
        events.add(ANALYSING);
        events.add(failure(Optional.empty(), Stage.ANALYSING, JobFailed.Fault.INPUT));
        for (MeshEvent event : events) {
            Transition transition = machine.apply(job, event);
            if (state.isFinal()) {
                assertThat(transition).isEqualTo(new Transition.Ignored(job, Transition.Why.ENDED));
            } else {
                assertThat(transition.job().state()).isGreaterThanOrEqualTo(state);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(JobState.class)
    void cancelEndsWhatHasNotEnded(JobState state) {
        Job job = new Job(state, Job.queued().variants(), Optional.empty(), Optional.empty());
        Transition transition = machine.cancel(job);
        if (state.isFinal()) {
            assertThat(transition).isInstanceOf(Transition.Ignored.class);
            assertThat(transition.job()).isEqualTo(job);
        } else {
            assertThat(transition.job().state()).isEqualTo(JobState.CANCELLED);
            assertThat(transition.job().failure()).contains(Failure.CANCELLED);
        }
    }

    @Test
    void eventsThatMoveNoJobAreIgnored() {
        Job job = Job.queued();
        assertThat(machine.apply(job, new RequestErased(REQUEST, NOW)))
                .isEqualTo(new Transition.Ignored(job, Transition.Why.NOT_FOR_JOBS));
    }

    @Test
    void rejectionCarriesReasonAndDetails() {
        Job job = run(List.of(failure(Optional.empty(), Stage.ANALYSING, JobFailed.Fault.INPUT)));
        assertThat(job.failure()).contains(new Failure("some_reason", "Some sentence.", Map.of("value", 0.4)));
    }

    private Job run(List<MeshEvent> events) {
        Job job = Job.queued();
        for (MeshEvent event : events) {
            job = machine.apply(job, event).job();
        }
        return job;
    }

    private static Arguments row(JobState expected, MeshEvent... events) {
        return Arguments.of(expected, Arrays.asList(events));
    }

    private static MeshEvent progress(Stage stage, Variant variant) {
        return new JobProgressed(
                REQUEST, RESULT, Optional.ofNullable(variant), stage, 0, 10, OptionalDouble.empty(), NOW);
    }

    private static ObjectRef object(String name) {
        return new ObjectRef(name, "application/octet-stream", 1, "0".repeat(64));
    }

    private static MeshEvent face(Variant variant) {
        return new FaceGenerated(
                REQUEST,
                RESULT,
                variant,
                object("face"),
                30,
                Gender.FEMALE,
                OptionalInt.empty(),
                Optional.empty(),
                new Target(object("target"), Optional.empty()),
                false,
                List.of(new ModelUse("face-generator", "generator", "1", "cpu")),
                List.of(new StageTiming("generate", 0.5)),
                NOW);
    }

    private static MeshEvent clip(Variant variant) {
        return new VideoSwapped(
                REQUEST,
                RESULT,
                variant,
                object("clip"),
                Optional.empty(),
                Optional.empty(),
                64,
                64,
                10,
                10,
                1,
                List.of(new ModelUse("face-swapper", "swapper", "1", "opencv")),
                List.of(),
                NOW);
    }

    private static MeshEvent stored(Variant variant, MediaKind kind) {
        return new MediaStored(
                REQUEST, RESULT, variant, List.of(new MediaStored.StoredObject(kind, object("some"))), NOW);
    }

    private static MeshEvent failure(Optional<Variant> variant, Stage stage, JobFailed.Fault fault) {
        return new JobFailed(
                REQUEST, RESULT, variant, stage, fault, "some_reason", "Some sentence.", Map.of("value", 0.4), NOW);
    }
}
