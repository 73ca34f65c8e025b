package dev.gantry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessTimesTest {
    @Test
    void readsTheKernelsWords() {
        String stat =
                "7 (a ) b) S 1 2 3 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 17 0 12345 9 10 184467 1";
        assertThat(ProcessTimes.between(stat, "123.95 400.00\n")).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void thisProcessHasLived() {
        assertThat(ProcessTimes.sinceStart()).isPositive().isLessThan(Duration.ofHours(10));
    }
}
