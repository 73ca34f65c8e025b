package dev.gantry.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "4096, 4096",
        "512B, 512",
        "64KiB, 65536",
        "10GiB, 10737418240",
        "3TiB, 3298534883328",
        "9223372036854775807, 9223372036854775807"
    })
    void readsWhatPeopleWrite(String text, long bytes) {
        assertThat(ByteSize.parse(text)).contains(bytes);
        assertThat(ByteSize.parse(ByteSize.format(bytes))).contains(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-1",
                "1.5GiB",
                "10 GiB",
                "10GB",
                "10gib",
                "ten",
                "9223372036854775808",
                "9007199254740992KiB",
                "99999999999999999999"
            })
    void refusesTheRest(String text) {
        assertThat(ByteSize.parse(text)).isEmpty();
    }

    @Test
    void writesTheLargestWholeUnit() {
        assertThat(ByteSize.format(16 << 20)).isEqualTo("16MiB");
        assertThat(ByteSize.format(1500)).isEqualTo("1500B");
        assertThat(ByteSize.format(0)).isEqualTo("0B");
    }
}
