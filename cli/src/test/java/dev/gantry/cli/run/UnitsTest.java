package dev.gantry.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.cli.args.UsageError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "512, 512",
        "1k, 1024",
        "512m, 536870912",
        "1.5g, 1610612736",
        "2GiB, 2147483648",
        "64MB, 67108864",
        "10 kB, 10240"
    })
    void sizes(String text, long bytes) {
        assertThat(Sizes.bytes("--memory", text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1m30s, 90000000000",
        "1.5h, 5400000000000",
        "250ms, 250000000",
        "-2s, -2000000000",
        ".5s, 500000000"
    })
    void durations(String text, long nanos) {
        assertThat(Durations.nanos("--health-interval", text)).isEqualTo(nanos);
    }

    @Test
    void nonsenseIsRefusedWithItsOption() {
        assertThatThrownBy(() -> Sizes.bytes("-m, --memory", "1x"))
                .isInstanceOf(UsageError.class)
                .hasMessageStartingWith("invalid argument \"1x\" for \"-m, --memory\" flag: ");
        assertThatThrownBy(() -> Sizes.bytes("-m, --memory", "99999999p"))
                .isInstanceOf(UsageError.class);
        assertThatThrownBy(() -> Durations.nanos("--health-timeout", "5"))
                .isInstanceOf(UsageError.class);
    }
}
