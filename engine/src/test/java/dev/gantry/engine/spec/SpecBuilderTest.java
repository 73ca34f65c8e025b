package dev.gantry.engine.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.engine.cdi.CdiEdits;
import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.ContainerSecurity;
import dev.gantry.engine.config.DeviceConfig;
import dev.gantry.engine.config.MountConfig;
import dev.gantry.engine.config.MountConfig.Propagation;
import dev.gantry.engine.config.NamespaceOptions;
import dev.gantry.engine.config.NamespaceOptions.Mode;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.engine.config.PodName;
import dev.gantry.engine.config.PodSecurity;
import dev.gantry.engine.config.SecurityProfile;
import dev.gantry.model.Failure;
import dev.gantry.model.Resources;
import dev.gantry.model.Rootfs;
import dev.gantry.runtime.ImageVolume;
import dev.gantry.runtime.ProcessNamespace;
import dev.gantry.runtime.oci.Capabilities;
import dev.gantry.runtime.oci.OciMount;
import dev.gantry.runtime.oci.OciNamespace;
import dev.gantry.runtime.oci.OciRlimit;
import dev.gantry.runtime.oci.OciSpec;
import dev.gantry.runtime.oci.SpecDefaults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SpecBuilderTest {
    private static final PodName NAME = new PodName("web", "shop", "uid-1", 0);

    @TempDir Path temp;

    private OciSpec build(ContainerConfig container) {
        return build(PodConfig.named(NAME, NamespaceOptions.DEFAULT), container, List.of());
    }

    private OciSpec build(PodConfig pod, ContainerConfig container, List<String> volumes) {
        return SpecBuilder.build(
                new SpecRequest(
                        "p",
                        pod,
                        container,
                        new ImageDefaults(
                                "", List.of("I=1"), List.of(), List.of(), "/srv", "", volumes),
                        new UserResolver.Resolved(5, 6, List.of(6L, 7L), "/home"),
                        container.resources(),
                        new Rootfs(
                                List.of(temp.resolve("layer")),
                                temp.resolve("upper"),
                                temp.resolve("work")),
                        Path.of("/run/files"),
                        temp.resolve("volumes"),
                        List.of(new OciRlimit("RLIMIT_CORE", 0, 0)),
                        CdiEdits.NONE,
                        Map.of()));
    }

    private static ContainerConfig container() {
        return ContainerConfig.named("c", "busybox", "/bin/app", "x");
    }

    private static List<String> mount(OciSpec spec, String destination) {
        OciMount mount =
                spec.mounts().stream()
                        .filter(m -> m.destination().equals(destination))
                        .findFirst()
                        .orElseThrow();
        var all = new java.util.ArrayList<String>();
        all.add(mount.source());
        all.addAll(mount.options());
        return all;
    }

    @Test
    void classesOfCacheAndBlockIoAreRefusedByTheirAnnotation() {
        for (String key :
                List.of(
                        "rdt.resources.beta.kubernetes.io/pod",
                        "rdt.resources.beta.kubernetes.io/container.c",
                        "blockio.resources.beta.kubernetes.io/pod",
                        "blockio.resources.beta.kubernetes.io/container.c",
                        "io.kubernetes.cri.blockio-class")) {
            assertThatThrownBy(() -> build(annotated(key), container(), List.of()))
                    .isInstanceOfSatisfying(
                            Failure.class,
                            f -> assertThat(f.code()).isEqualTo(Failure.Code.UNIMPLEMENTED))
                    .hasMessageContaining(key)
                    .hasMessageContaining("container c")
                    .hasMessageContaining("\"gold\"");
        }
        String ofOther = "rdt.resources.beta.kubernetes.io/container.other";
        assertThat(build(annotated(ofOther), container(), List.of()).linux().intelRdt()).isEmpty();
    }

    private static PodConfig annotated(String key) {
        return PodConfig.named(NAME, NamespaceOptions.DEFAULT).withAnnotations(Map.of(key, "gold"));
    }

    @Test
    void plainContainerAsAWhole() {
        OciSpec spec = build(container());
        assertThat(spec.process().args()).containsExactly("/bin/app", "x");
        assertThat(spec.process().env()).contains("HOSTNAME=web", "I=1");
        assertThat(spec.process().cwd()).isEqualTo("/srv");
        assertThat(spec.process().user().uid()).isEqualTo(5);
        assertThat(spec.process().user().gid()).isEqualTo(6);
        assertThat(spec.process().user().additionalGids()).containsExactly(6L, 7L);
        assertThat(spec.process().capabilities().bounding())
                .containsExactlyElementsOf(SpecDefaults.CAPABILITIES);
        assertThat(spec.process().capabilities().ambient()).isEmpty();
        assertThat(spec.linux().maskedPaths()).isEqualTo(SpecDefaults.MASKED_PATHS);
        assertThat(spec.linux().readonlyPaths()).isEqualTo(SpecDefaults.READONLY_PATHS);
        assertThat(spec.linux().seccomp()).isEmpty();
        assertThat(spec.linux().namespaces())
                .extracting(OciNamespace::type)
                .contains(
                        OciNamespace.Type.PID,
                        OciNamespace.Type.IPC,
                        OciNamespace.Type.NETWORK,
                        OciNamespace.Type.MOUNT);
        assertThat(spec.root().readonly()).isFalse();
        assertThat(mount(spec, "/etc/hosts"))
                .containsExactly("/run/files/hosts", "rbind", "rprivate", "rw");
        assertThat(spec.annotations()).containsEntry("io.kubernetes.cri.sandbox-name", "web");
    }

    @Test
    void mountsAreOrderedAndWinOverDefaults() throws Exception {
        Path source = Files.createDirectories(temp.resolve("source"));
        Path link = Files.createSymbolicLink(temp.resolve("link"), source);
        OciSpec spec =
                build(
                        container()
                                .withMounts(
                                        List.of(
                                                MountConfig.bind(link.toString(), "/a/b/", true),
                                                MountConfig.bind(source.toString(), "/a", false),
                                                MountConfig.bind(
                                                        source.toString(), "/etc/hosts", false))));
        assertThat(spec.mounts()).extracting(OciMount::destination).doesNotHaveDuplicates();
        assertThat(spec.mounts().stream().map(OciMount::destination).toList())
                .containsSubsequence("/a", "/a/b");
        assertThat(mount(spec, "/a/b"))
                .containsExactly(source.toString(), "rbind", "rprivate", "ro");
        assertThat(mount(spec, "/etc/hosts")).contains(source.toString());
    }

    @Test
    void propagationAndRecursiveReadOnly() throws Exception {
        Path source = Files.createDirectories(temp.resolve("source"));
        ContainerConfig receiving =
                container()
                        .withMounts(
                                List.of(
                                        mount(
                                                source,
                                                Propagation.HOST_TO_CONTAINER,
                                                false,
                                                false)));
        if (MountInfo.read().receives(source.toRealPath())) {
            OciSpec slave = build(receiving);
            assertThat(mount(slave, "/data")).contains("rslave", "rw");
            assertThat(slave.linux().rootfsPropagation()).isEqualTo("rslave");
        } else {
            assertThatThrownBy(() -> build(receiving))
                    .hasMessageContaining("neither shared nor a slave")
                    .hasMessageContaining("--make-rshared");
        }
        OciSpec rro =
                build(
                        container()
                                .withMounts(
                                        List.of(mount(source, Propagation.PRIVATE, true, true))));
        assertThat(mount(rro, "/data")).contains("rro").doesNotContain("ro");
        assertThatThrownBy(
                        () ->
                                build(
                                        container()
                                                .withMounts(
                                                        List.of(
                                                                mount(
                                                                        source,
                                                                        Propagation.PRIVATE,
                                                                        false,
                                                                        true)))))
                .hasMessageContaining("must be readonly and private");
    }

    private static MountConfig mount(
            Path source, Propagation propagation, boolean readonly, boolean recursive) {
        return new MountConfig(
                "/data",
                source.toString(),
                readonly,
                recursive,
                propagation,
                false,
                Optional.empty(),
                "",
                "");
    }

    @Test
    void sharedMountsAreToldFromMountinfo() {
        MountInfo info =
                MountInfo.parse(
                        List.of(
                                "1 0 0:1 / / rw - ext4 /dev/x rw",
                                "2 1 0:2 / /mnt/a\\040b rw shared:7 - tmpfs t rw",
                                "3 2 0:3 / /mnt/a\\040b/in rw master:7 - tmpfs t rw"));
        assertThat(info.shared(Path.of("/mnt/a b/x"))).isTrue();
        assertThat(info.shared(Path.of("/mnt/a b/in/x"))).isFalse();
        assertThat(info.shared(Path.of("/mnt/a bc"))).isFalse();
    }

    @Test
    void capabilities() {
        assertThat(capabilities(List.of("NET_ADMIN"), List.of("cap_chown", "KILL")))
                .contains("CAP_NET_ADMIN")
                .doesNotContain("CAP_CHOWN", "CAP_KILL");
        assertThat(capabilities(List.of("ALL"), List.of("SYS_ADMIN")))
                .contains("CAP_SYS_PTRACE")
                .doesNotContain("CAP_SYS_ADMIN");
        assertThat(capabilities(List.of("CHOWN"), List.of("ALL"))).containsExactly("CAP_CHOWN");
        assertThat(capabilities(List.of(), List.of("ALL"))).isEmpty();
        assertThatThrownBy(() -> capabilities(List.of("FLY"), List.of()))
                .hasMessageContaining("\"FLY\" is not a capability");
        var ambient =
                CapabilityRules.apply(
                        new ContainerSecurity.Capabilities(
                                List.of(), List.of(), List.of("NET_BIND_SERVICE")));
        assertThat(ambient.ambient()).containsExactly("CAP_NET_BIND_SERVICE");
        assertThat(ambient.inheritable()).containsExactly("CAP_NET_BIND_SERVICE");
    }

    private static List<String> capabilities(List<String> add, List<String> drop) {
        return CapabilityRules.apply(new ContainerSecurity.Capabilities(add, drop, List.of()))
                .bounding();
    }

    @Test
    void privilegedNeedsAPrivilegedPod() {
        ContainerConfig config =
                container().withSecurity(ContainerSecurity.privileged(NamespaceOptions.DEFAULT));
        assertThatThrownBy(() -> build(config)).hasMessageContaining("not made for privileged");
        PodConfig pod =
                PodConfig.named(NAME, NamespaceOptions.DEFAULT)
                        .withSecurity(new PodSecurity(NamespaceOptions.DEFAULT, true));
        OciSpec spec = build(pod, config, List.of());
        assertThat(spec.linux().maskedPaths()).isEmpty();
        assertThat(spec.linux().readonlyPaths()).isEmpty();
        assertThat(spec.process().capabilities().bounding())
                .containsExactlyElementsOf(Capabilities.available());
        assertThat(mount(spec, "/sys")).doesNotContain("ro");
        assertThat(spec.linux().resources().devices().getLast().allow()).isTrue();
    }

    @Test
    void hostNamespaces() {
        NamespaceOptions node =
                new NamespaceOptions(Mode.NODE, Mode.NODE, Mode.NODE, "", Optional.empty());
        OciSpec spec =
                build(
                        PodConfig.named(NAME, node),
                        container().withSecurity(ContainerSecurity.with(node)),
                        List.of());
        assertThat(spec.linux().namespaces())
                .extracting(OciNamespace::type)
                .containsExactlyInAnyOrder(OciNamespace.Type.MOUNT, OciNamespace.Type.CGROUP);
        assertThat(mount(spec, "/dev/shm")).contains("/dev/shm", "rbind");
    }

    @Test
    void aProcessNamespaceIsThePodsItsOwnOrAnothers() {
        PodConfig apart = PodConfig.named(NAME, NamespaceOptions.DEFAULT);
        PodConfig sharing =
                PodConfig.named(
                        NAME,
                        new NamespaceOptions(Mode.POD, Mode.POD, Mode.POD, "", Optional.empty()));
        assertThat(SpecNamespaces.processes(apart, pids(Mode.POD, "")))
                .isEqualTo(new ProcessNamespace.OfPod());
        assertThat(SpecNamespaces.processes(sharing, pids(Mode.POD, "")))
                .isEqualTo(new ProcessNamespace.OfPod());
        assertThat(SpecNamespaces.processes(sharing, pids(Mode.CONTAINER, "")))
                .isEqualTo(new ProcessNamespace.Own());
        assertThat(SpecNamespaces.processes(sharing, pids(Mode.TARGET, "other")))
                .isEqualTo(new ProcessNamespace.Of("other"));
        assertThatThrownBy(() -> build(pids(Mode.TARGET, ""))).hasMessageContaining("target_id");
    }

    private static ContainerConfig pids(Mode mode, String target) {
        return container()
                .withSecurity(
                        ContainerSecurity.with(
                                new NamespaceOptions(
                                        Mode.POD, mode, Mode.POD, target, Optional.empty())));
    }

    @Test
    void anImageVolumeIsAMountOfItsOwnKind() {
        MountConfig image =
                new MountConfig(
                        "/models",
                        "",
                        true,
                        false,
                        MountConfig.Propagation.PRIVATE,
                        false,
                        Optional.empty(),
                        "model:1",
                        "a/b");
        OciSpec spec = build(container().withMounts(List.of(image)));
        assertThat(spec.mounts())
                .contains(
                        new OciMount("/models", ImageVolume.TYPE, "0", List.of("ro", "rprivate")));
        MountConfig both =
                new MountConfig(
                        "/models",
                        "/srv",
                        true,
                        false,
                        MountConfig.Propagation.PRIVATE,
                        false,
                        Optional.empty(),
                        "model:1",
                        "");
        assertThatThrownBy(() -> build(container().withMounts(List.of(both))))
                .hasMessageContaining("both an image and a host path");
        MountConfig part =
                new MountConfig(
                        "/models",
                        "/srv",
                        true,
                        false,
                        MountConfig.Propagation.PRIVATE,
                        false,
                        Optional.empty(),
                        "",
                        "a");
        assertThatThrownBy(() -> build(container().withMounts(List.of(part))))
                .hasMessageContaining("image_sub_path");
    }

    @Test
    void whatMountsOfTheHostMayPropagate() {
        MountInfo info =
                MountInfo.parse(
                        List.of(
                                "1 0 0:1 / / rw - x x rw",
                                "2 1 0:2 / /shared rw shared:1 - x x rw",
                                "3 1 0:3 / /slave rw master:1 - x x rw"));
        assertThat(info.shared(Path.of("/shared/a"))).isTrue();
        assertThat(info.shared(Path.of("/slave/a"))).isFalse();
        assertThat(info.receives(Path.of("/slave/a"))).isTrue();
        assertThat(info.receives(Path.of("/shared"))).isTrue();
        assertThat(info.receives(Path.of("/srv"))).isFalse();
    }

    @Test
    void theNodesLimitsAreEveryContainers() {
        assertThat(build(container()).process().rlimits())
                .containsExactly(new OciRlimit("RLIMIT_CORE", 0, 0));
    }

    @Test
    void devicesBringTheirRules() {
        OciSpec spec =
                build(
                        container()
                                .withDevices(
                                        List.of(new DeviceConfig("/dev/full", "/dev/mine", "r"))));
        assertThat(spec.linux().devices())
                .anyMatch(d -> d.path().equals("/dev/mine") && d.major() == 1 && d.minor() == 7);
        var rule = spec.linux().resources().devices().getLast();
        assertThat(rule.major()).isEqualTo(OptionalLong.of(1));
        assertThat(rule.access()).isEqualTo("r");
        assertThatThrownBy(
                        () ->
                                build(
                                        container()
                                                .withDevices(
                                                        List.of(
                                                                new DeviceConfig(
                                                                        "/dev/nothing", "", "")))))
                .hasMessageContaining("/dev/nothing");
        assertThatThrownBy(
                        () ->
                                build(
                                        container()
                                                .withDevices(
                                                        List.of(
                                                                new DeviceConfig(
                                                                        "/dev/full", "", "rx")))))
                .hasMessageContaining("not made of r, w and m");
    }

    @Test
    void imageVolumesWithoutContentGetADirectory() throws Exception {
        Files.createDirectories(temp.resolve("layer/data/full"));
        OciSpec spec =
                build(
                        PodConfig.named(NAME, NamespaceOptions.DEFAULT),
                        container(),
                        List.of("/data/full", "/data/new"));
        assertThat(spec.mounts()).noneMatch(m -> m.destination().equals("/data/full"));
        assertThat(mount(spec, "/data/new")).contains(temp.resolve("volumes/0").toString(), "rw");
        assertThat(temp.resolve("volumes/0")).isDirectory();
    }

    @Test
    void limitsAndOomScore() {
        Resources limits =
                new Resources(
                        512, 0, 0, "", "", 1 << 20, 0, 9, OptionalInt.of(-998), Map.of(), Map.of());
        OciSpec spec = build(container().withResources(limits));
        assertThat(spec.process().oomScoreAdj()).hasValue(-998);
        assertThat(spec.linux().resources().memory().orElseThrow().limit()).hasValue(1 << 20);
        assertThat(spec.linux().resources().pids().orElseThrow().limit()).isEqualTo(9);
    }

    @Test
    void seccompDefaultDependsOnCapabilities() {
        ContainerSecurity security =
                ContainerSecurity.DEFAULT.withSeccomp(SecurityProfile.RUNTIME_DEFAULT);
        assertThat(build(container().withSecurity(security)).linux().seccomp()).isPresent();
        ContainerSecurity missing =
                ContainerSecurity.DEFAULT.withSeccomp(
                        new SecurityProfile(SecurityProfile.Type.LOCALHOST, "/nonexistent.json"));
        assertThatThrownBy(() -> build(container().withSecurity(missing)))
                .hasMessageContaining("/nonexistent.json is not a file");
    }

    @Test
    void sysctlsOfTheNodeAreRefused() {
        NamespaceOptions node = NamespaceOptions.HOST_NETWORK;
        assertThatThrownBy(() -> SpecNamespaces.checkPod(sysctl(node, "net.ipv4.ip_forward")))
                .hasMessageContaining("would change the node");
        assertThatThrownBy(
                        () ->
                                SpecNamespaces.checkPod(
                                        sysctl(NamespaceOptions.DEFAULT, "vm.swappiness")))
                .hasMessageContaining("belongs to no namespace");
        SpecNamespaces.checkPod(sysctl(node, "kernel.shmmax"));
    }

    private static PodConfig sysctl(NamespaceOptions options, String key) {
        return PodConfig.named(NAME, options).withSysctls(Map.of(key, "1"));
    }
}
