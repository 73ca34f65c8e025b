package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoint and restore by the real crictl and CRIU, where CRIU knows the kernel. */
@Tag("root")
@Tag("go")
class CheckpointTest extends WithDaemon {
    private static final String COUNTER =
            "i=0; while :; do i=$((i+1)); echo count $i; sleep 0.1; done";

    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void aContainerGoesOnInAnotherPod(String handler) throws Exception {
        assumeTrue(
                Command.run("sh", "-c", "criu check").exitCode() == 0,
                "\"criu check\" fails: this CRIU does not know the kernel");
        ok("pull", Configs.BUSYBOX);
        Path archive = host.work().resolve("checkpoint" + handler + ".tar");
        try (Pod from = Pod.run("from", handler)) {
            String id = from.start(configs.shell("counter", COUNTER, ""));
            await(() -> log(from).contains("count 5\n"), "the container's counting");
            ok("checkpoint", "--export", archive.toString(), id);
        }
        try (Pod to = Pod.run("to", handler)) {
            String id = to.start(configs.container("counter", archive.toString(), ""));
            await(() -> log(to).contains("count "), "the restored container's counting");
            assertThat(log(to)).doesNotContain("count 1\n");
            assertThat(ok("exec", "-s", id, "cat", "/etc/hostname")).isEqualTo(to.name());
            ok("stop", "--timeout", "0", id);
            assertThat(ok("inspect", id))
                    .contains("CONTAINER_EXITED")
                    .contains("\"exitCode\": 137");
        }
    }

    private static String log(Pod pod) {
        try {
            Path file = configs.log(pod.name(), "counter");
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new AssertionError("read a log", e);
        }
    }
}
