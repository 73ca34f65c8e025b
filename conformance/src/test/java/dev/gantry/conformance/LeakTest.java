package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A hundred pods come and go, some failing on purpose, and the machine is as it was. */
@Tag("root")
@Tag("go")
class LeakTest {
    private static final int ROUNDS = 20;

    @Test
    void nothingIsLeftOfAHundredPods() throws Exception {
        try (TestHost host = TestHost.start("leak");
                Daemon daemon = host.daemon("leak").start()) {
            Configs configs = new Configs(host.work().resolve("configs"));
            daemon.crictl("pull", Configs.BUSYBOX).orFail();
            succeed(daemon, configs, "first");
            cniThatFails(daemon, configs, "first-cni");
            Inventory before = Inventory.of(daemon);
            long descriptors = Inventory.descriptors(daemon.pid());

            for (int round = 0; round < ROUNDS; round++) {
                succeed(daemon, configs, "good" + round);
                badImage(daemon, configs, "image" + round);
                badCommand(daemon, configs, "command" + round);
                cniThatFails(daemon, configs, "cni" + round);
                missingMount(daemon, configs, "mount" + round);
            }

            assertThat(daemon.crictl("pods", "-q").orFail().line()).isEmpty();
            assertThat(settled(before, daemon)).isEmpty();
            assertThat(Inventory.descriptors(daemon.pid())).isLessThanOrEqualTo(descriptors + 8);
        }
    }

    /** What is left once the machine has come to rest, or after ten seconds. */
    private static List<String> settled(Inventory before, Daemon daemon) throws Exception {
        List<String> left = Inventory.of(daemon).beyond(before);
        for (int i = 0; i < 100 && !left.isEmpty(); i++) {
            Thread.sleep(100);
            left = Inventory.of(daemon).beyond(before);
        }
        return left;
    }

    private static void succeed(Daemon daemon, Configs configs, String name) throws IOException {
        String pod = configs.pod(name, "");
        String podId = daemon.crictl("runp", pod).orFail().line();
        String id =
                daemon.crictl(
                                "create",
                                podId,
                                configs.shell(name, "echo hello; exec sleep 1000", ""),
                                pod)
                        .orFail()
                        .line();
        daemon.crictl("start", id).orFail();
        daemon.crictl("exec", "-s", id, "true").orFail();
        daemon.crictl("stop", "--timeout", "0", id).orFail();
        daemon.crictl("rm", id).orFail();
        remove(daemon, podId);
    }

    private static void badImage(Daemon daemon, Configs configs, String name) throws IOException {
        String pod = configs.pod(name, "");
        String podId = daemon.crictl("runp", pod).orFail().line();
        Command.Result create =
                daemon.crictl(
                        "create",
                        podId,
                        configs.container(name, "registry.k8s.io/not/here:1", ""),
                        pod);
        assertThat(create.exitCode()).isNotZero();
        assertThat(create.stderr()).contains("not/here");
        remove(daemon, podId);
    }

    private static void badCommand(Daemon daemon, Configs configs, String name) throws IOException {
        String pod = configs.pod(name, "");
        String podId = daemon.crictl("runp", pod).orFail().line();
        String id =
                daemon.crictl(
                                "create",
                                podId,
                                configs.container(
                                        name, Configs.BUSYBOX, ", \"command\": [\"/no/such\"]"),
                                pod)
                        .orFail()
                        .line();
        Command.Result start = daemon.crictl("start", id);
        assertThat(start.exitCode()).isNotZero();
        assertThat(start.stderr()).contains("/no/such").contains("no such file");
        remove(daemon, podId);
    }

    private static void missingMount(Daemon daemon, Configs configs, String name)
            throws IOException {
        String pod = configs.pod(name, "");
        String podId = daemon.crictl("runp", pod).orFail().line();
        String mounts =
                ", \"mounts\": [{\"host_path\": \"/no/such/source\", \"container_path\": \"/data\"}]";
        Command.Result create =
                daemon.crictl("create", podId, configs.shell(name, "sleep 1000", mounts), pod);
        Command.Result failed =
                create.exitCode() == 0 ? daemon.crictl("start", create.line()) : create;
        assertThat(failed.exitCode()).isNotZero();
        assertThat(failed.stderr()).contains("/no/such/source");
        remove(daemon, podId);
    }

    /**
     * A network whose last plugin errors after the first has made an interface and reserved an
     * address.
     */
    private static void cniThatFails(Daemon daemon, Configs configs, String name)
            throws IOException {
        Path conflist = daemon.cniDirectory().resolve("10-bridge.conflist");
        String good = Files.readString(conflist);
        Path plugin = daemon.plugins().resolve("fails-on-purpose");
        Files.writeString(
                plugin,
                """
                #!/bin/sh
                [ "$CNI_COMMAND" = ADD ] || exit 0
                echo '{"cniVersion": "1.0.0", "code": 7, "msg": "refused on purpose", "details": "by the test"}'
                exit 1
                """);
        Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwxr-xr-x"));
        try {
            int last = good.lastIndexOf("]}");
            Files.writeString(
                    conflist,
                    good.substring(0, last)
                            + ", {\"type\": \""
                            + plugin.getFileName()
                            + "\"}"
                            + good.substring(last));
            Command.Result run = daemon.crictl("runp", configs.pod(name, ""));
            assertThat(run.exitCode()).isNotZero();
            assertThat(run.stderr()).contains("refused on purpose");
        } finally {
            Files.writeString(conflist, good);
            Files.delete(plugin);
        }
    }

    private static void remove(Daemon daemon, String pod) {
        daemon.crictl("stopp", pod).orFail();
        daemon.crictl("rmp", pod).orFail();
    }
}
