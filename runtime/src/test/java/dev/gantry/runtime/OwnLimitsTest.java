package dev.gantry.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.runtime.oci.OciRlimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnLimitsTest {
    private static final String LIMITS =
            """
            Limit                     Soft Limit           Hard Limit           Units
            Max cpu time              unlimited            unlimited            seconds
            Max file size             unlimited            unlimited            bytes
            Max data size             unlimited            unlimited            bytes
            Max stack size            8388608              unlimited            bytes
            Max core file size        0                    100                  bytes
            Max resident set          unlimited            unlimited            bytes
            Max processes             1000                 2000                 processes
            Max open files            1024                 4096                 files
            """;

    private static OciRlimit limit(String type, long soft, long hard) {
        return new OciRlimit(type, hard, soft);
    }

    @Test
    void whatIsAboveTheHardLimitIsLowered() {
        OwnLimits own = OwnLimits.of(LIMITS, "1048576\n", false);
        assertThat(
                        own.within(
                                List.of(
                                        limit("RLIMIT_NOFILE", 65536, 65536),
                                        limit("RLIMIT_NPROC", 10, -1),
                                        limit("RLIMIT_CORE", -1, -1),
                                        limit("RLIMIT_STACK", -1, -1),
                                        limit("RLIMIT_RTTIME", 5, 6))))
                .containsExactly(
                        limit("RLIMIT_NOFILE", 4096, 4096),
                        limit("RLIMIT_NPROC", 10, 2000),
                        limit("RLIMIT_CORE", 100, 100),
                        limit("RLIMIT_STACK", -1, -1),
                        limit("RLIMIT_RTTIME", 5, 6));
    }

    @Test
    void whoMayRaiseLimitsIsBoundByTheKernelOnly() {
        OwnLimits own = OwnLimits.of(LIMITS, "1048576\n", true);
        assertThat(
                        own.within(
                                List.of(
                                        limit("RLIMIT_NOFILE", 65536, 65536),
                                        limit("RLIMIT_NOFILE", 1, -1),
                                        limit("RLIMIT_NPROC", 10, -1))))
                .containsExactly(
                        limit("RLIMIT_NOFILE", 65536, 65536),
                        limit("RLIMIT_NOFILE", 1, 1048576),
                        limit("RLIMIT_NPROC", 10, -1));
    }

    /** The kernel's own text, which must name the limits in the order of their numbers. */
    @Test
    void theKernelsOwnTextIsUnderstood() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/self/limits"));
        assertThat(lines.get(8)).startsWith("Max open files");
        assertThat(lines.get(7)).startsWith("Max processes");
        long most = Long.parseLong(lines.get(8).substring(26).strip().split(" +", -1)[1]);
        assertThat(
                        OwnLimits.of(String.join("\n", lines), "9223372036854775807", false)
                                .within(List.of(limit("RLIMIT_NOFILE", 1, -1))))
                .containsExactly(limit("RLIMIT_NOFILE", 1, most));
        assertThat(OwnLimits.ofThisProcess().within(List.of(limit("RLIMIT_NOFILE", 1, 2))))
                .containsExactly(limit("RLIMIT_NOFILE", 1, 2));
    }
}
