package dev.gantry.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.OciMount;
import dev.gantry.runtime.oci.OciSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checkpoints by the machine's CRIU. Where it does not know the kernel, as 3.17 does not know newer
 * ones, its reason is passed on; the container runs on either way.
 */
@Tag("root")
@Timeout(120)
class CheckpointLiveTest {
    private LivePods pods;

    @BeforeEach
    void open() throws Exception {
        pods = new LivePods();
    }

    @AfterEach
    void close() throws Exception {
        pods.close();
    }

    private static boolean criuKnowsThisKernel() throws Exception {
        return new ProcessBuilder("sh", "-c", "criu check")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    /** A copy of what a container changed in its root, as an engine brings it to another. */
    private static void copyChanges(ContainerLaunch from, ContainerLaunch to) throws Exception {
        Process copy =
                new ProcessBuilder(
                                "cp", "-a", from.rootfs().upper() + "/.", to.rootfs().upper() + "/")
                        .inheritIO()
                        .start();
        assertThat(copy.waitFor()).isZero();
    }

    private static String said(PodHandle pod, ContainerLaunch in, String script) {
        ExecResult result =
                pod.exec(
                        ExecRequest.of(
                                in.id(), List.of("sh", "-c", script), Duration.ofSeconds(30)));
        assertThat(result.exitCode()).isZero();
        return new String(result.stdout(), StandardCharsets.UTF_8).strip();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void aContainerIsRestoredInAnotherPod(String handler) throws Exception {
        assumeTrue(criuKnowsThisKernel(), "criu check says that CRIU does not know this kernel");
        Files.createDirectory(pods.root.resolve("vol"));
        Files.writeString(pods.root.resolve("vol/file"), "of the volume");
        String script =
                "trap 'echo bye; exit 7' TERM; echo changed > /etc/changed; i=0;"
                        + " while :; do i=$((i+1)); echo $i; sleep 0.1; done";
        PodHandle first = pods.runtime.start(pods.spec());
        OciSpec spec = pods.shell(script);
        List<OciMount> mounts = new ArrayList<>(spec.mounts());
        mounts.add(pods.volume("vol"));
        ContainerLaunch launch = pods.launch(spec.withMounts(mounts), handler);
        first.start(launch);
        LivePods.await(() -> said(launch) > 5);
        Path work = Files.createDirectory(pods.root.resolve("dump"));
        first.checkpoint(launch.id(), work, Duration.ofSeconds(60));
        first.stop();
        final int reached = said(launch);

        PodHandle second = pods.runtime.start(pods.spec());
        ContainerLaunch plain = pods.launch(spec.withMounts(mounts), handler);
        copyChanges(launch, plain);
        ContainerLaunch restored = plain.restoredFrom(work);
        second.start(restored);
        LivePods.await(() -> said(restored) > reached + 5);
        List<String> log = pods.log(restored);
        assertThat(log.getFirst()).matches("stdout F [0-9]+").isNotEqualTo("stdout F 1");
        assertThat(said(second, restored, "cat /etc/changed; cat /proc/1/comm; cat /vol/file"))
                .isEqualTo("changed\nsh\nof the volume");
        second.signal(restored.id(), 15, false);
        assertThat(LivePods.awaitExit(second, restored.id()).code()).isEqualTo(7);
        assertThat(pods.log(restored)).endsWith("stdout F bye");
        second.delete(restored.id());
        second.stop();
        assertThat(pods.leftovers()).isEmpty();
    }

    /** The last number in a container's log. */
    private int said(ContainerLaunch launch) {
        try {
            return pods.log(launch).stream()
                    .map(line -> line.substring("stdout F ".length()))
                    .filter(text -> text.matches("[0-9]+"))
                    .mapToInt(Integer::parseInt)
                    .reduce(0, (_, last) -> last);
        } catch (NoSuchFileException _) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ended at moments further and further on, until one comes to its end. */
    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void aDumpThatTakesTooLongLeavesTheContainerAsItWas(String handler) throws Exception {
        assumeTrue(criuKnowsThisKernel(), "criu check says that CRIU does not know this kernel");
        Files.createDirectory(pods.root.resolve("vol"));
        OciSpec spec =
                pods.shell(
                        "x=12345678; while [ ${#x} -lt 200000000 ]; do x=$x$x; done;"
                                + " i=0; while :; do i=$((i+1)); echo $i > /vol/count; sleep 0.02; done");
        List<OciMount> mounts = new ArrayList<>(spec.mounts());
        mounts.add(pods.volume("vol"));
        PodHandle pod = pods.runtime.start(pods.spec());
        ContainerLaunch launch = pods.launch(spec.withMounts(mounts), handler);
        pod.start(launch);
        LivePods.await(() -> count() > 0);
        int inTime = 0;
        for (int millis = 10; inTime == 0; millis += 10 + millis / 4) {
            Path work = Files.createDirectory(pods.root.resolve("dump" + millis));
            try {
                pod.checkpoint(launch.id(), work, Duration.ofMillis(millis));
                inTime = millis;
            } catch (Failure e) {
                assertThat(e.code()).isEqualTo(Failure.Code.DEADLINE_EXCEEDED);
            }
            runsOn(pod, launch);
        }
        // CRIU's start alone takes longer than the first of the times.
        assertThat(inTime).isGreaterThan(10);
        pod.stop();
        assertThat(pods.leftovers()).isEmpty();
    }

    @Test
    void whatADumpLeftFrozenIsThawedWhenThePodIsFoundAgain() throws Exception {
        Files.createDirectory(pods.root.resolve("vol"));
        OciSpec spec =
                pods.shell("i=0; while :; do i=$((i+1)); echo $i > /vol/count; sleep 0.02; done");
        List<OciMount> mounts = new ArrayList<>(spec.mounts());
        mounts.add(pods.volume("vol"));
        PodHandle pod = pods.runtime.start(pods.spec());
        ContainerLaunch launch = pods.launch(spec.withMounts(mounts), "");
        pod.start(launch);
        LivePods.await(() -> count() > 0);
        freezeAndFindAgain(pod, launch);
        pod.stop();
        assertThat(pods.leftovers()).isEmpty();
    }

    private void runsOn(PodHandle pod, ContainerLaunch launch) throws Exception {
        int reached = count();
        LivePods.await(() -> count() > reached + 2);
        assertThat(LivePods.find(pod, launch.id()).exit()).isEmpty();
    }

    /** As a daemon leaves it that is killed with its dump. */
    private void freezeAndFindAgain(PodHandle pod, ContainerLaunch launch) throws Exception {
        String path = pod.cgroup() + "/" + launch.id();
        Path v1 = Path.of("/sys/fs/cgroup/freezer" + path + "/freezer.state");
        Path v2 = Path.of("/sys/fs/cgroup" + path + "/cgroup.freeze");
        Files.writeString(Files.exists(v1) ? v1 : v2, Files.exists(v1) ? "FROZEN" : "1");
        Path bundle = pods.settings.podsDir().resolve(pod.id() + "/bundles/" + launch.id());
        Files.createDirectories(bundle);
        Files.writeString(bundle.resolve("dumping"), "");
        PodHandle again = pods.runtime.find(pod.id()).orElseThrow();
        runsOn(again, launch);
        assertThat(bundle.resolve("dumping")).doesNotExist();
    }

    private int count() {
        try {
            String text = Files.readString(pods.root.resolve("vol/count")).strip();
            return text.isEmpty() ? 0 : Integer.parseInt(text);
        } catch (NoSuchFileException _) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void aContainerIsDumpedAndRunsOn(String handler) throws Exception {
        PodHandle pod = pods.runtime.start(pods.spec());
        ContainerLaunch launch = pods.launch(pods.shell("echo up; exec sleep 1000"), handler);
        pod.start(launch);
        LivePods.await(() -> Files.exists(launch.logPath().orElseThrow()));
        Path work = Files.createDirectory(pods.root.resolve("dump"));
        if (criuKnowsThisKernel()) {
            pod.checkpoint(launch.id(), work, Duration.ofSeconds(60));
            assertThat(work.resolve("checkpoint/inventory.img")).isNotEmptyFile();
        } else {
            assertThatThrownBy(() -> pod.checkpoint(launch.id(), work, Duration.ofSeconds(60)))
                    .isInstanceOfSatisfying(
                            Failure.class,
                            f -> assertThat(f.code()).isEqualTo(Failure.Code.FAILED_PRECONDITION))
                    .hasMessageContaining("criu exited with")
                    .hasMessageContaining("Error (criu/");
        }
        assertThat(LivePods.find(pod, launch.id()).exit()).isEmpty();
        assertThat(
                        pod.exec(
                                        ExecRequest.of(
                                                launch.id(),
                                                List.of("true"),
                                                Duration.ofSeconds(30)))
                                .exitCode())
                .isZero();
        pod.stop();
        assertThat(pods.leftovers()).isEmpty();
    }
}
