package dev.gantry.imagestore;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProjectRangeTest {
    @Test
    void isReadAsItIsWritten() {
        ProjectRange range = ProjectRange.parse("7-4294967294").orElseThrow();
        assertThat(range).isEqualTo(new ProjectRange(7, 0xffff_fffeL)).hasToString("7-4294967294");
        assertThat(range.contains(6)).isFalse();
        assertThat(range.contains(7)).isTrue();
        assertThat(ProjectRange.parse(ProjectRange.DEFAULT.toString()))
                .contains(ProjectRange.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7", "7-", "0-9", "9-7", "7-4294967295", "7-99999999999", "a-b"})
    void refusesWhatIsNone(String text) {
        assertThat(ProjectRange.parse(text)).isEmpty();
    }
}
