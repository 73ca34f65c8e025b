package dev.gantry.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where pods lie: in directories with long names, and in some that are not there yet. */
@Tag("root")
@Timeout(120)
class PodDirectoriesLiveTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void aStateDirectoryWithALongName(String handler) throws Exception {
        String deep = "pods/" + "s".repeat(90) + "/" + "t".repeat(60);
        try (LivePods pods = new LivePods(deep)) {
            assertThat(pods.settings.podsDir().toString()).hasSizeGreaterThan(150);
            PodHandle pod = pods.runtime.start(pods.spec());
            ContainerLaunch launch = pods.launch(pods.shell("echo out; exec sleep 1000"), handler);
            pod.start(launch);
            ExecResult result =
                    pod.exec(
                            ExecRequest.of(
                                    launch.id(),
                                    List.of("sh", "-c", "echo in"),
                                    Duration.ofSeconds(30)));
            assertThat(new String(result.stdout(), StandardCharsets.UTF_8)).isEqualTo("in\n");
            PodHandle again = pods.runtime.find(pod.id()).orElseThrow();
            var exits = new ArrayBlockingQueue<ContainerProcess>(1);
            try (AutoCloseable _ = again.onExit(exits::add)) {
                again.signal(launch.id(), 9, true);
                assertThat(exits.poll(60, TimeUnit.SECONDS)).isNotNull();
            }
            again.delete(launch.id());
            again.stop();
            assertThat(pods.leftovers()).isEmpty();
        }
    }

    @Test
    void theDirectoryOfPinsIsMade() throws Exception {
        try (LivePods pods = new LivePods()) {
            assertThat(pods.settings.netnsDir()).doesNotExist();
            pods.runtime.start(pods.spec(NamespaceMode.NODE, NamespaceMode.CONTAINER)).stop();
            assertThat(pods.settings.netnsDir()).doesNotExist();
            PodHandle pod = pods.runtime.start(pods.spec());
            assertThat(pod.netns().orElseThrow()).exists().hasParent(pods.settings.netnsDir());
            assertThat(
                            PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(pods.settings.netnsDir())))
                    .isEqualTo("rwxr-xr-x");
            pod.stop();
            assertThat(pods.leftovers()).isEmpty();
        }
    }
}
