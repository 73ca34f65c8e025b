package dev.gantry.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import dev.gantry.model.Observer;
import dev.gantry.runtime.oci.OciMount;
import dev.gantry.runtime.oci.OciSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A volume whose server never answers (as a dead NFS server's), here a FUSE that nobody serves. */
@Tag("root")
@Timeout(120)
class DeadVolumeLiveTest {
    private static final String SERVE_NOTHING =
            "exec 5<>/dev/fuse && mount -i -t fuse"
                    + " -o fd=5,rootmode=40000,user_id=0,group_id=0 dead \"$0\" && echo up && read x";

    @Test
    void theStartEndsInTimeAndSaysWhatItWaitedFor() throws Exception {
        try (LivePods pods = new LivePods()) {
            Path volume = Files.createDirectory(pods.root.resolve("volume"));
            Process server =
                    new ProcessBuilder("bash", "-c", SERVE_NOTHING, volume.toString())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            try {
                assertThat(server.inputReader().readLine()).isEqualTo("up");
                startsOn(pods, volume.resolve("data"));
            } finally {
                new ProcessBuilder("umount", "-l", volume.toString()).start().waitFor();
                server.destroy();
                server.waitFor();
            }
        }
    }

    private static void startsOn(LivePods pods, Path source) throws Exception {
        RuntimeSettings s = pods.settings;
        PodRuntime impatient =
                new PodRuntime(
                        new RuntimeSettings(
                                s.shimBinary(),
                                s.podsDir(),
                                s.netnsDir(),
                                s.netnsPrefix(),
                                s.handlers(),
                                s.cgroupDriver(),
                                Duration.ofSeconds(1)),
                        Observer.NONE);
        PodHandle pod = impatient.start(pods.spec());
        OciSpec spec = pods.shell("true");
        var mounts = new ArrayList<>(spec.mounts());
        mounts.add(OciMount.bind(source.toString(), "/data", List.of("rw")));
        ContainerLaunch stuck = pods.launch(spec.withMounts(mounts), "");
        assertThatThrownBy(() -> pod.start(stuck))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isEqualTo(Failure.Code.DEADLINE_EXCEEDED))
                .hasMessageContaining("no answer within 1 s")
                .hasMessageContaining("mount " + source + " at /data");
        assertThat(pod.list()).isEmpty();
        assertThat(s.podsDir().resolve(pod.id() + "/containers")).isEmptyDirectory();
        ContainerLaunch next = pods.launch("exit 3");
        pod.start(next);
        assertThat(LivePods.awaitExit(pod, next.id()).code()).isEqualTo(3);
        pod.stop();
        assertThat(pods.leftovers()).containsExactly("mounts: 1");
    }
}
