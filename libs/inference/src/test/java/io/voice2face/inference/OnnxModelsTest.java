package io.voice2face.inference;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.onnxruntime.OnnxTensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

class OnnxModelsTest {
    private static final byte[] DOUBLER = new OnnxGraph()
            .input("x", 1, 3)
            .output("y", 1, 3)
            .node("Add", "x, x", "y")
            .bytes();

    @TempDir
    Path folder;

    private ModelPacks packs;

    @BeforeEach
    void setUp() {
        packs = new TestPacks(folder)
                .add("one", ModelKind.ENHANCER, DOUBLER, "")
                .add("two", ModelKind.OCCLUDER, DOUBLER, "")
                .load();
    }

    @Test
    void cudaThatIsAskedForAndMissingIsSaidInOneWarningHoweverManyModels() {
        List<LogRecord> said = new ArrayList<>();
        Handler listener = new Handler() {
            @Override
            public void publish(LogRecord line) {
                said.add(line);
            }

            @Override
            public void flush() {
                // nothing is held back
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
        Logger log = Logger.getLogger(OnnxModels.class.getName());
        log.addHandler(listener);
        try (OnnxModels models = new OnnxModels()) {
            InferenceSettings cuda = new InferenceSettings(ExecutionProvider.CUDA, 1);
            OnnxModel first = models.open(packs.require(ModelKind.ENHANCER), cuda);
            OnnxModel second = models.open(packs.require(ModelKind.OCCLUDER), cuda);
            assumeThat(first.provider().used()).as("a machine without CUDA").isEqualTo(ExecutionProvider.CPU);

            assertThat(said.stream().filter(r -> r.getLevel().intValue() >= Level.WARNING.intValue()))
                    .singleElement()
                    .satisfies(line -> assertThat(line.getMessage())
                            .contains("runs on the CPU although CUDA was asked for")
                            .doesNotContain("\n"));
            assertThat(models.all())
                    .containsExactly(first, second)
                    .allSatisfy(model -> assertThat(model.provider().reason()).isPresent());
        } finally {
            log.removeHandler(listener);
        }
    }

    @Test
    void closingWaitsForRunsAndNoneBeginsAfterIt() throws Exception {
        OnnxModels models = new OnnxModels();
        OnnxModel model = models.open(packs.require(ModelKind.ENHANCER), InferenceSettings.cpu());
        CountDownLatch running = new CountDownLatch(4);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<String>> ends = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                ends.add(threads.submit(() -> runUntilRefused(model, running)));
            }
            running.await();
            models.close();
            models.close();
            for (Future<String> end : ends) {
                assertThat(end.get()).contains("one").contains("is closed");
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(models.all()).isEmpty();
        assertThatThrownBy(() -> model.run(Map.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is closed");
    }

    private static String runUntilRefused(OnnxModel model, CountDownLatch running) throws Exception {
        try (OnnxTensor x = OnnxTensor.createTensor(
                model.environment(), FloatBuffer.wrap(new float[] {1, 2, 3}), new long[] {1, 3})) {
            model.run(Map.of("x", x)).close();
            running.countDown();
            while (true) {
                model.run(Map.of("x", x)).close();
            }
        } catch (IllegalStateException refused) {
            return refused.getMessage();
        }
    }
}
