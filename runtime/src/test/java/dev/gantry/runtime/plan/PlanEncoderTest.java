package dev.gantry.runtime.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanEncoderTest {
    private static String hex(LaunchStep... steps) {
        return HexFormat.of().formatHex(PlanEncoder.encode(List.of(steps)));
    }

    @Test
    void stepsWithoutPayload() {
        assertThat(hex(new LaunchStep.Fork(), new LaunchStep.Pivot()))
                .isEqualTo("02000000" + "05000000" + "00000000" + "11000000" + "00000000");
    }

    @Test
    void stringsAndLists() {
        assertThat(hex(new LaunchStep.JoinCgroup(List.of(Path.of("/a")))))
                .isEqualTo(
                        "01000000" + "01000000" + "0b000000" + "01000000" + "02000000" + "2f6100");
        assertThat(hex(new LaunchStep.Ids(1, 2, List.of(4294967295L))))
                .isEqualTo(
                        "01000000"
                                + "19000000"
                                + "10000000"
                                + "01000000"
                                + "02000000"
                                + "01000000"
                                + "ffffffff");
    }

    @Test
    void numbers() {
        assertThat(hex(new LaunchStep.Device("/d", 'b', 8, 1, 0600, 0, 5)))
                .isEqualTo(
                        "01000000"
                                + "0d000000"
                                + "1c000000"
                                + "02000000"
                                + "2f6400"
                                + "62"
                                + "08000000"
                                + "01000000"
                                + "80010000"
                                + "00000000"
                                + "05000000");
        assertThat(hex(new LaunchStep.OomScoreAdj(-1, true)))
                .isEqualTo("01000000" + "17000000" + "05000000" + "ffffffff" + "01");
        assertThat(hex(new LaunchStep.Seccomp(2, new byte[] {9})))
                .isEqualTo("01000000" + "1d000000" + "09000000" + "02000000" + "01000000" + "09");
    }
}
