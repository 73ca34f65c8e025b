package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two daemons side by side on one host leave each other alone. */
@Tag("root")
@Tag("go")
class NeighboursTest {
    @Test
    void oneDaemonNeitherSeesNorHarmsTheOthersPods() throws Exception {
        Set<String> cgroups = Inventory.directories(Path.of("/sys/fs/cgroup"));
        try (TestHost host = TestHost.start("two")) {
            sideBySide(host);
        }
        assertThat(Inventory.directories(Path.of("/sys/fs/cgroup")))
                .filteredOn(made -> !cgroups.contains(made))
                .isEmpty();
    }

    private static void sideBySide(TestHost host) throws Exception {
        try (Daemon left = host.daemon("left").start();
                Daemon right = host.daemon("right").start()) {
            Configs configs = new Configs(host.work().resolve("configs"));
            String leftContainer = run(left, configs, "one");
            String rightContainer = run(right, configs, "one");
            assertThat(left.crictl("ps", "-q", "--no-trunc").orFail().line())
                    .isEqualTo(leftContainer);
            assertThat(right.crictl("ps", "-q", "--no-trunc").orFail().line())
                    .isEqualTo(rightContainer);

            left.kill();
            left.start();
            left.crictl("rmp", "--all", "--force").orFail();
            left.crictl("rmi", "--all").orFail();
            left.stop();

            assertThat(right.crictl("exec", "-s", rightContainer, "echo", "here").orFail().line())
                    .isEqualTo("here");
            assertThat(right.crictl("images", "-q").orFail().line()).isNotEmpty();
        }
    }

    private static String run(Daemon daemon, Configs configs, String name) throws Exception {
        daemon.crictl("pull", Configs.BUSYBOX).orFail();
        String pod = configs.pod(name, "");
        String podId = daemon.crictl("runp", pod).orFail().line();
        String config = configs.shell(name, "exec sleep 1000", "");
        String id = daemon.crictl("create", podId, config, pod).orFail().line();
        daemon.crictl("start", id).orFail();
        return id;
    }
}
