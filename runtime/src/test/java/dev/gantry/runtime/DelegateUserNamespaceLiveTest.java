package dev.gantry.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import dev.gantry.model.IdMappings;
import dev.gantry.runtime.oci.OciIdMapping;
import dev.gantry.runtime.oci.OciMount;
import dev.gantry.runtime.oci.OciNamespace;
import dev.gantry.runtime.oci.OciSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Containers of the machine's runc in a pod's user namespace. What needs mounts with mapped ids is
 * asked of it only where it says that it has them ({@code -Dgantry.runc} names another one).
 */
@Tag("root")
@Timeout(120)
class DelegateUserNamespaceLiveTest {
    private static final IdMappings IDS = IdMappings.of(196608, 65536);
    private LivePods pods;

    @BeforeEach
    void open() throws Exception {
        pods = new LivePods();
        Files.setPosixFilePermissions(pods.root, PosixFilePermissions.fromString("rwx--x--x"));
    }

    @AfterEach
    void close() throws Exception {
        pods.close();
    }

    private PodHandle pod(NamespaceMode pid) {
        return pods.runtime.start(pods.spec(NamespaceMode.POD, pid, Optional.of(IDS)));
    }

    private OciSpec mapped(String script) {
        OciSpec spec = pods.shell(script);
        var namespaces = new ArrayList<>(spec.linux().namespaces());
        namespaces.add(OciNamespace.of(OciNamespace.Type.USER));
        return spec.withLinux(
                spec.linux()
                        // Not every build of runc has it.
                        .withSeccomp(Optional.empty())
                        .withNamespaces(namespaces)
                        .withUidMappings(OciIdMapping.of(IDS.uids()))
                        .withGidMappings(OciIdMapping.of(IDS.gids())));
    }

    private ContainerLaunch launch(OciSpec spec) throws IOException {
        ContainerLaunch launch = pods.launch(spec, "runc");
        // As the image store gives writable layers of such pods.
        for (Path path : List.of(launch.rootfs().upper(), launch.rootfs().work())) {
            Files.setAttribute(path, "unix:uid", 196608);
            Files.setAttribute(path, "unix:gid", 196608);
        }
        return launch;
    }

    @ParameterizedTest
    @EnumSource(
            value = NamespaceMode.class,
            names = {"POD", "CONTAINER"})
    void aContainerIsInThePodsUserNamespace(NamespaceMode pid) throws Exception {
        PodHandle pod = pod(pid);
        ContainerLaunch launch =
                launch(
                        mapped(
                                "cat /proc/self/uid_map; id -u; echo hi >/made; ls -n /made;"
                                        + " echo again >/dev/stdout; : >/dev/shm/x && echo shm;"
                                        + " exec sleep 1000"));
        pod.start(launch);
        LivePods.await(
                () ->
                        Files.exists(launch.logPath().orElseThrow())
                                && LivePods.size(launch.logPath().orElseThrow()) >= 5);
        List<String> log = pods.log(launch);
        assertThat(log.get(0)).matches("stdout F +0 +196608 +65536");
        assertThat(log.get(1)).isEqualTo("stdout F 0");
        assertThat(log.get(2)).contains(" 0 ");
        assertThat(log.get(3)).isEqualTo("stdout F again");
        assertThat(log.get(4)).isEqualTo("stdout F shm");
        assertThat(Files.getAttribute(launch.rootfs().upper().resolve("made"), "unix:uid"))
                .isEqualTo(196608);
        ExecResult exec =
                pod.exec(
                        ExecRequest.of(
                                launch.id(),
                                List.of("sh", "-c", "id -u; echo out >/dev/stdout"),
                                Duration.ofSeconds(30)));
        assertThat(new String(exec.stdout(), StandardCharsets.UTF_8)).isEqualTo("0\nout\n");
        pod.stop();
        assertThat(pods.leftovers()).isEmpty();
    }

    @Test
    void aDirectoryThatItsRootCannotEnterIsNamed() throws Exception {
        Files.setPosixFilePermissions(pods.root, PosixFilePermissions.fromString("rwx------"));
        PodHandle pod = pod(NamespaceMode.CONTAINER);
        ContainerLaunch launch = launch(mapped("true"));
        assertThatThrownBy(() -> pod.start(launch))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isEqualTo(Failure.Code.FAILED_PRECONDITION))
                .hasMessageContaining("chmod o+x " + pods.root);
        pod.stop();
        assertThat(pods.leftovers()).isEmpty();
    }

    @Test
    void aVolumeWithMappedIdsLooksAsOnDisk() throws Exception {
        boolean able = pods.runtime.features("runc").userNamespaces();
        Path volume = Files.createDirectory(pods.root.resolve("vol"));
        Files.writeString(volume.resolve("file"), "x");
        Files.setAttribute(volume.resolve("file"), "unix:uid", 1234);
        PodHandle pod = pod(NamespaceMode.CONTAINER);
        OciSpec spec = mapped("ls -n /vol/file");
        var mounts = new ArrayList<OciMount>(spec.mounts());
        OciMount bind = pods.volume("vol");
        mounts.add(able ? bind.withIds(IDS) : bind);
        ContainerLaunch launch = launch(spec.withMounts(mounts));
        pod.start(launch);
        assertThat(LivePods.awaitExit(pod, launch.id()).code()).isZero();
        // Without mapped ids the file is nobody's inside.
        assertThat(pods.log(launch))
                .singleElement()
                .asString()
                .contains(able ? " 1234 " : " 65534 ");
        pod.delete(launch.id());
        pod.stop();
        assertThat(pods.leftovers()).isEmpty();
    }
}
