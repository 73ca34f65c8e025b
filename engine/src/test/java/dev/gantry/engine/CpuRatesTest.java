package dev.gantry.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class CpuRatesTest {
    private static final long SECOND = 1_000_000_000;
    private static final Instant START = Instant.ofEpochSecond(1000);
    private final CpuRates rates = new CpuRates();

    @Test
    void aRateNeedsTwoLooks() {
        assertThat(rates.look("c", START, 5 * SECOND)).isEmpty();
        assertThat(rates.look("c", START.plusSeconds(10), 25 * SECOND)).hasValue(2 * SECOND);
        assertThat(rates.look("c", START.plusSeconds(14), 26 * SECOND)).hasValue(SECOND / 4);
        assertThat(rates.look("other", START, 1)).isEmpty();
    }

    @Test
    void looksInQuickSuccessionGetTheLastRate() {
        rates.look("c", START, 0);
        assertThat(rates.look("c", START.plusMillis(10), SECOND)).isEmpty();
        assertThat(rates.look("c", START.plusSeconds(1), SECOND)).hasValue(SECOND);
        assertThat(rates.look("c", START.plusMillis(1010), 2 * SECOND)).hasValue(SECOND);
    }

    @Test
    void aCounterThatBeginsAnewHasNoRate() {
        rates.look("c", START, 9 * SECOND);
        assertThat(rates.look("c", START.plusSeconds(1), SECOND)).isEmpty();
        assertThat(rates.look("c", START.plusSeconds(2), 2 * SECOND)).hasValue(SECOND);
    }

    @Test
    void whatIsNoMoreIsForgotten() {
        rates.look("a", START, 0);
        rates.look("b", START, 0);
        rates.keep("a"::equals);
        assertThat(rates.look("a", START.plusSeconds(1), 0)).hasValue(0);
        assertThat(rates.look("b", START.plusSeconds(1), 0)).isEmpty();
        rates.forget("a");
        assertThat(rates.look("a", START.plusSeconds(2), 0)).isEmpty();
    }
}
