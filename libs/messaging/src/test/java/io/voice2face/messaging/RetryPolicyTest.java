package io.voice2face.messaging;

import java.net.ConnectException;
import java.time.Duration;

import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class RetryPolicyTest {
    private final RetryPolicy policy = new RetryPolicy(new Settings());

    @ParameterizedTest
    @CsvSource({"1,100", "2,200", "3,400", "4,800", "5,1000", "60,1000"})
    void waitsDoubleUpToTheLongestAndVaryByTheJitter(int attempt, long millis) {
        for (int draw = 0; draw < 100; draw++) {
            assertThat(policy.delay(attempt).toMillis())
                    .isBetween(Math.round(millis * 0.79), Math.round(millis * 1.21));
        }
    }

    @Test
    void anOrdinaryFailureIsRetriedSoManyTimes() {
        IllegalStateException failure = new IllegalStateException("broken");
        assertThat(policy.waitBeforeRetry(failure, 2, Duration.ZERO)).isPresent();
        assertThat(policy.waitBeforeRetry(failure, 3, Duration.ZERO)).isEmpty();
    }

    @Test
    void anOutageIsRetriedSoLong() {
        Throwable failure = new IllegalStateException("call failed", new ConnectException("Connection refused"));
        assertThat(policy.waitBeforeRetry(failure, 50, Duration.ofSeconds(59))).isPresent();
        assertThat(policy.waitBeforeRetry(failure, 50, Duration.ofSeconds(61))).isEmpty();
        assertThat(policy.waitBeforeRetry(new TimeoutException("no broker"), 50, Duration.ZERO))
                .isPresent();
    }

    @Test
    void aPermanentFailureIsNotRetriedHoweverItIsWrapped() {
        Throwable failure = new RuntimeException(new PermanentFailureException("no such thing"));
        assertThat(policy.waitBeforeRetry(failure, 1, Duration.ZERO)).isEmpty();
    }

    private static final class Settings implements MessagingSettings.Retry {
        @Override
        public int maxAttempts() {
            return 3;
        }

        @Override
        public Duration initialDelay() {
            return Duration.ofMillis(100);
        }

        @Override
        public Duration maxDelay() {
            return Duration.ofSeconds(1);
        }

        @Override
        public double jitter() {
            return 0.2;
        }

        @Override
        public Duration outagePatience() {
            return Duration.ofMinutes(1);
        }
    }
}
