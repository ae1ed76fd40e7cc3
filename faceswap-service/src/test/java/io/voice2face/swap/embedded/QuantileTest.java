package io.voice2face.swap.embedded;

import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class QuantileTest {
    @Test
    void findsWhatSortingWouldFind() {
        Random random = new Random(5);
        for (int round = 0; round < 500; round++) {
            int count = 1 + random.nextInt(60);
            float[] values = new float[count + 3];
            for (int i = 0; i < values.length; i++) {
                // many are equal
                values[i] = round % 2 == 0 ? random.nextInt(5) : random.nextFloat();
            }
            float[] sorted = Arrays.copyOf(values, count);
            Arrays.sort(sorted);
            int rank = random.nextInt(count);

            assertThat(Quantile.select(values, count, rank)).isEqualTo(sorted[rank]);
        }
    }
}
