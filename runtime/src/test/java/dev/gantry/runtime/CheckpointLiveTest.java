package dev.gantry.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
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
        return new ProcessBuilder("criu", "check")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
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
