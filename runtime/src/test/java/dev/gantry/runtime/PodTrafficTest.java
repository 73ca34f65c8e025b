package dev.gantry.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.runtime.InterfaceStats.Traffic;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PodTrafficTest {
    private static final String FILE =
            """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                lo: 999 9 0 0 0 0 0 0 999 9 0 0 0 0 0 0
              eth0:  1234      11    1    2    0     0          0         3     5678      22    4    5    0     0       0          0
            net1:18446744073709551615 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
            """;

    @Test
    void interfacesButTheLoopback() {
        assertThat(PodTraffic.parse(FILE))
                .containsExactly(
                        new InterfaceStats(
                                "eth0", new Traffic(1234, 11, 1, 2), new Traffic(5678, 22, 4, 5)),
                        new InterfaceStats(
                                "net1", new Traffic(-1, 1, 2, 3), new Traffic(8, 9, 10, 11)));
    }

    @Test
    void damageIsPassedOver() {
        for (long seed = 1; seed <= 1000; seed++) {
            Random random = new Random(seed);
            char[] text = FILE.toCharArray();
            for (int i = 0; i < 6; i++) {
                text[random.nextInt(text.length)] = (char) random.nextInt(128);
            }
            assertThat(PodTraffic.parse(new String(text)))
                    .as("seed %d", seed)
                    .allMatch(i -> !i.name().isEmpty() && i.name().length() <= 15);
        }
    }

    @Test
    void namespacesThatAreGoneAreLeftOut() {
        assertThat(PodTraffic.read(List.of())).isEmpty();
        assertThat(PodTraffic.read(List.of(Path.of("/run/netns/gantry-no-such")))).isEmpty();
    }
}
