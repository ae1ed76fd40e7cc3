package io.voice2face.swap.face;

import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OneEuroFilterTest {
    private static final float STEP = 1 / 25f;

    @Test
    void noiseOnAStillValueIsHalvedAtLeast() {
        OneEuroFilter filter = new OneEuroFilter(1, 1.2f, 8f, 5f);
        Random random = new Random(1);
        double raw = 0;
        double smoothed = 0;
        for (int i = 0; i < 500; i++) {
            float noise = (float) random.nextGaussian() * .002f;
            float[] value = {noise};
            filter.filter(value, STEP);
            raw += noise * noise;
            smoothed += value[0] * value[0];
        }
        assertThat(Math.sqrt(smoothed / raw)).isLessThan(.6);
    }

    @Test
    void aFastMoveIsFollowedWithinThreeFrames() {
        OneEuroFilter filter = new OneEuroFilter(1, 2f, 12f, 1f);
        float[] value = {0};
        for (int i = 0; i < 20; i++) {
            value[0] = 0;
            filter.filter(value, STEP);
        }
        for (int i = 0; i < 3; i++) {
            value[0] = 1;
            filter.filter(value, STEP);
        }
        assertThat(value[0]).isGreaterThan(.9f);
    }

    @Test
    void afterAResetTheNextValueIsTakenAsItIs() {
        OneEuroFilter filter = new OneEuroFilter(1, 1f, 1f, 1f);
        filter.filter(new float[] {5}, STEP);
        filter.reset();
        float[] value = {-3};
        filter.filter(value, STEP);
        assertThat(value[0]).isEqualTo(-3);
    }
}
