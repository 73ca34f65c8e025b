package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code gantry explain} names the step, the path, the kernel's error and what to do. */
@Tag("root")
@Tag("go")
class ExplainTest extends WithDaemon {
    private static final String IMAGE = Configs.BUSYBOX;

    @BeforeEach
    void pull() {
        present(IMAGE);
    }

    @AfterEach
    void clear() {
        gantry.run("rm", "-f", "broken", "hungry", "deaf");
        assertThat(ok("pods", "-q")).isEmpty();
    }

    /** What is left of a pod that could not be started is its story, found by its name. */
    @Test
    void aPodWhoseNetworkPluginIsMissing() throws Exception {
        Path list = daemon.cniDirectory().resolve("00-broken.conflist");
        Files.writeString(
                list,
                """
                {"cniVersion": "1.0.0", "name": "broken", "plugins": [{"type": "no-such-plugin"}]}
                """);
        String pod = configs.pod("netless", "");
        try {
            Command.Result refused = daemon.crictl("runp", pod);
            assertThat(refused.exitCode()).isNotZero();
        } finally {
            Files.delete(list);
        }
        String said = gantry.done("explain", "default/netless");
        assertThat(said)
                .contains("as asked for in scope cri", "kubelet's")
                .contains("start the shim", "make the control group", "make the pod's namespaces")
                .contains("FAILED: CNI ADD of plugin no-such-plugin of network broken")
                .contains(list.toString(), daemon.plugins().toString(), "errno ENOENT (2)")
                .contains("nothing is left of it")
                .contains("What to do:", "install the CNI plugin there")
                .doesNotContain("\033[");

        try (Pod again = Pod.run("netless", "")) {
            String now = gantry.done("explain", again.id().substring(0, 12));
            assertThat(now)
                    .contains("the pod is ready", "with address 10.", "no-such-plugin")
                    .doesNotContain("What to do:");
            assertThat(gantry.done("explain", "--scope", "cri", "netless", "-f", "{{.ID}}").strip())
                    .isEqualTo(again.id());
        }
        assertThat(gantry.failed("explain", "--scope", "local", "netless")).contains("netless");
    }

    @Test
    void aContainerWhoseCommandIsMissing() {
        assertThat(gantry.failed("run", "--name", "broken", IMAGE, "/no/such/program"))
                .isNotEmpty();
        assertThat(gantry.done("explain", "broken"))
                .contains("create container broken of image " + IMAGE)
                .contains("FAILED: launch its process")
                .contains("path /no/such/program", "errno ENOENT (2)")
                .contains("the image has no program /no/such/program");
        String json = gantry.done("explain", "broken", "--format", "json");
        assertThat(json)
                .contains("\"Kind\":\"container\"", "\"Scope\":\"local\"", "\"Failed\":true")
                .contains("\"Errno\":\"ENOENT\"", "\"ErrnoNumber\":2");
    }

    @Test
    void aMountWhoseSourceIsMissing() throws IOException {
        Path source = host.work().resolve("no-such-source");
        assertThat(
                        gantry.failed(
                                "run",
                                "--name",
                                "broken",
                                "--mount",
                                "type=bind,source=" + source + ",target=/data",
                                IMAGE,
                                "true"))
                .contains(source.toString());
        assertThat(gantry.done("explain", "broken"))
                .contains("FAILED: ", "path " + source, "errno ENOENT (2)")
                .contains("mkdir -p " + source);
    }

    /** Nothing is left of it but what is told here. */
    @Test
    void anImageThatIsNotThere() {
        String image = "registry.k8s.io/pause:no-such-tag";
        assertThat(gantry.failed("create", "--pull", "never", "--name", "broken", image))
                .isNotEmpty();
        assertThat(gantry.done("explain", "broken"))
                .contains("there is no such container any more")
                .contains("FAILED: create container broken of image " + image)
                .contains("gantry pull IMAGE");
        try (Pod pod = Pod.run("imageless", "")) {
            String container = configs.container("imageless", image, "");
            assertThat(daemon.crictl("create", pod.id(), container, pod.config()).exitCode())
                    .isNotZero();
            assertThat(gantry.done("explain", "imageless"))
                    .contains("FAILED: ", image, "is not on this node", "gantry pull IMAGE");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aContainerThatTakesTooMuchMemory() {
        Command.Result run =
                gantry.run(
                        "run",
                        "--name",
                        "hungry",
                        "--memory",
                        "16m",
                        IMAGE,
                        "sh",
                        "-c",
                        "x=x; while :; do x=$x$x; done");
        assertThat(run.exitCode()).isEqualTo(137);
        assertThat(gantry.done("explain", "hungry"))
                .contains("the kernel killed it", "limit of 16MiB")
                .contains("FAILED: the container ended with exit code 137")
                .contains("(OOM): its memory limit is 16MiB")
                .contains("gantry update --memory SIZE hungry");
    }

    @Test
    void aStopThatIsNotHeardAndADaemonThatIsKilledMeanwhile() throws Exception {
        gantry.done(
                "run",
                "-d",
                "--name",
                "deaf",
                IMAGE,
                "sh",
                "-c",
                "trap '' TERM; while :; do sleep 1; done");
        String before = gantry.done("explain", "deaf");
        assertThat(before)
                .contains("start the shim", "launch its process: process ")
                .contains("it runs")
                .doesNotContain("What to do:");
        daemon.kill();
        daemon.start();
        gantry.done("stop", "-t", "1", "deaf");
        String said = gantry.done("explain", "deaf");
        assertThat(said)
                .contains("launch its process: process ")
                .contains("a new daemon has found the pod again: its shim is process ")
                .contains("ask it to stop by SIGTERM, and kill it after 1 s")
                .contains("kill it by SIGKILL, for it did not stop within 1 s")
                .contains("ended with exit code 137: SIGKILL ended it", "CNI DEL of plugin bridge")
                .contains("137: SIGKILL ended it; the steps say");
        gantry.done("rm", "deaf");
        assertThat(gantry.done("explain", "deaf"))
                .contains("it is gone: the container was removed");
    }

    /** A daemon that is killed in the middle of a start has told what it was doing. */
    @Test
    void aDaemonThatIsKilledInTheMiddleOfAStart() throws Exception {
        Path slow = daemon.plugins().resolve("slow");
        Files.writeString(slow, "#!/bin/sh\ntouch '" + slow + ".called'\nexec sleep 30\n");
        assertThat(slow.toFile().setExecutable(true)).isTrue();
        Path list = daemon.cniDirectory().resolve("00-slow.conflist");
        Files.writeString(
                list,
                """
                {"cniVersion": "1.0.0", "name": "slow", "plugins": [{"type": "slow"}]}
                """);
        String pod = configs.pod("cut", "");
        Thread runs = Thread.ofVirtual().start(() -> daemon.crictl("runp", pod));
        await(() -> Files.exists(Path.of(slow + ".called")), "the plugin");
        daemon.kill();
        Files.delete(list);
        Files.writeString(slow, "#!/bin/sh\nexit 0\n");
        daemon.start();
        runs.join();
        assertThat(ok("pods", "-q")).isEmpty();
        assertThat(gantry.done("explain", "default/cut"))
                .contains("make the pod's namespaces", "choose the network: slow of " + list)
                .contains("the daemon ended in the middle of it; what was made is undone");
    }
}
