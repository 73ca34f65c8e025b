package dev.gantry.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.runtime.CgroupDetails.DeviceIo;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeviceIoFileTest {
    private static final String BYTES =
            "8:0 Read 4096\n8:0 Write 8192\n8:0 Sync 1\n8:0 Total 12288\n9:1 Read 1\nTotal 12289\n";
    private static final String REQUESTS = "8:0 Read 1\n8:0 Write 2\n8:0 Total 3\nTotal 3\n";

    @Test
    void theTwoFilesOfVersion1AreOne() {
        assertThat(DeviceIoFile.v1(BYTES, REQUESTS))
                .containsExactly(
                        new DeviceIo(8, 0, 4096, 8192, 1, 2), new DeviceIo(9, 1, 1, 0, 0, 0));
        assertThat(DeviceIoFile.v1("Total 0\n", "")).isEmpty();
    }

    @Test
    void damageIsPassedOver() {
        for (long seed = 1; seed <= 1000; seed++) {
            Random random = new Random(seed);
            char[] v1 = BYTES.toCharArray();
            char[] v2 = "8:0 rbytes=1 wbytes=2 rios=3 wios=4 x=5\n8:1 rbytes=1\n".toCharArray();
            for (int i = 0; i < 5; i++) {
                v1[random.nextInt(v1.length)] = (char) random.nextInt(128);
                v2[random.nextInt(v2.length)] = (char) random.nextInt(128);
            }
            assertThat(DeviceIoFile.v1(new String(v1), REQUESTS))
                    .as("seed %d", seed)
                    .allMatch(io -> io.readBytes() >= 0 && io.reads() >= 0);
            assertThat(DeviceIoFile.v2(new String(v2)))
                    .as("seed %d", seed)
                    .allMatch(io -> io.readBytes() >= 0 && io.major() >= 0);
        }
    }

    @Test
    void devicesAreBounded() {
        var text = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            text.append("8:").append(i).append(" rbytes=1 wbytes=2 rios=3 wios=4\n");
        }
        assertThat(DeviceIoFile.v2(text.toString())).hasSize(256);
    }
}
