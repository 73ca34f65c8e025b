package dev.gantry.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import dev.gantry.engine.Container;
import dev.gantry.engine.ContainerFilter;
import dev.gantry.engine.ContainerState;
import dev.gantry.engine.ContainerStats;
import dev.gantry.engine.ExecOutput;
import dev.gantry.engine.Usage;
import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.ContainerExtras;
import dev.gantry.engine.config.ContainerSecurity;
import dev.gantry.engine.config.DeviceConfig;
import dev.gantry.engine.config.MountConfig;
import dev.gantry.engine.config.NamespaceOptions;
import dev.gantry.engine.config.NamespaceOptions.Mode;
import dev.gantry.engine.config.SecurityProfile;
import dev.gantry.engine.config.SelinuxOptions;
import dev.gantry.engine.spec.ImageDefaults;
import dev.gantry.model.Failure;
import dev.gantry.model.IdMappings;
import dev.gantry.model.Resources;
import dev.gantry.model.Scope;
import dev.gantry.proto.cri.v1.CDIDevice;
import dev.gantry.proto.cri.v1.Capability;
import dev.gantry.proto.cri.v1.ContainerMetadata;
import dev.gantry.proto.cri.v1.ContainerStateValue;
import dev.gantry.proto.cri.v1.ContainerStatsFilter;
import dev.gantry.proto.cri.v1.ContainerStatsRequest;
import dev.gantry.proto.cri.v1.ContainerStatus;
import dev.gantry.proto.cri.v1.ContainerStatusRequest;
import dev.gantry.proto.cri.v1.ContainerStatusResponse;
import dev.gantry.proto.cri.v1.CreateContainerRequest;
import dev.gantry.proto.cri.v1.Device;
import dev.gantry.proto.cri.v1.ExecSyncRequest;
import dev.gantry.proto.cri.v1.ExecSyncResponse;
import dev.gantry.proto.cri.v1.IDMapping;
import dev.gantry.proto.cri.v1.ImageSpec;
import dev.gantry.proto.cri.v1.Int64Value;
import dev.gantry.proto.cri.v1.KeyValue;
import dev.gantry.proto.cri.v1.LinuxContainerConfig;
import dev.gantry.proto.cri.v1.LinuxContainerResources;
import dev.gantry.proto.cri.v1.LinuxContainerSecurityContext;
import dev.gantry.proto.cri.v1.ListContainerStatsRequest;
import dev.gantry.proto.cri.v1.ListContainersRequest;
import dev.gantry.proto.cri.v1.Mount;
import dev.gantry.proto.cri.v1.MountPropagation;
import dev.gantry.proto.cri.v1.NamespaceMode;
import dev.gantry.proto.cri.v1.NamespaceOption;
import dev.gantry.proto.cri.v1.RemoveContainerRequest;
import dev.gantry.proto.cri.v1.ReopenContainerLogRequest;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import dev.gantry.proto.cri.v1.SELinuxOption;
import dev.gantry.proto.cri.v1.Signal;
import dev.gantry.proto.cri.v1.StartContainerRequest;
import dev.gantry.proto.cri.v1.StopContainerRequest;
import dev.gantry.proto.cri.v1.StreamContainersRequest;
import dev.gantry.proto.cri.v1.SupplementalGroupsPolicy;
import dev.gantry.proto.cri.v1.UpdateContainerResourcesRequest;
import dev.gantry.runtime.CgroupStats;
import dev.gantry.runtime.Pressure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ContainerCallsTest {
    private static final Instant AT = Instant.ofEpochSecond(1_700_000_000L, 1);

    private static final ContainerStatusRequest STATUS =
            ContainerStatusRequest.newBuilder().setContainerId("c1").build();

    private final Door door = new Door();

    @AfterEach
    void close() {
        door.close();
    }

    private static ContainerConfig config() {
        return new ContainerConfig(
                "app",
                3,
                "sha256:abc",
                "nginx:1",
                new ContainerConfig.Command(
                        List.of("/bin/sh"),
                        List.of("-c", "x"),
                        "/w",
                        List.of(new ContainerConfig.EnvVar("A", "b=c")),
                        true,
                        true,
                        true),
                List.of(
                        new MountConfig(
                                "/c",
                                "/h",
                                true,
                                true,
                                MountConfig.Propagation.BIDIRECTIONAL,
                                true,
                                Optional.of(IdMappings.of(65536, 65536)),
                                "",
                                ""),
                        new MountConfig(
                                "/i",
                                "",
                                false,
                                false,
                                MountConfig.Propagation.HOST_TO_CONTAINER,
                                false,
                                Optional.empty(),
                                "data:1",
                                "sub")),
                List.of(new DeviceConfig("/dev/h", "/dev/c", "rw")),
                List.of("vendor.com/gpu=0"),
                Map.of("l", "1"),
                Map.of("a", "2"),
                "app/0.log",
                new Resources(
                        7, 0, 0, "", "", 64 << 20, 0, 0, OptionalInt.of(0), Map.of(), Map.of()),
                new ContainerSecurity(
                        true,
                        new ContainerSecurity.Capabilities(
                                List.of("NET_ADMIN"), List.of("ALL"), List.of("CHOWN")),
                        new NamespaceOptions(
                                Mode.POD, Mode.TARGET, Mode.POD, "other", Optional.empty()),
                        OptionalLong.of(0),
                        OptionalLong.of(100),
                        "nobody",
                        List.of(5L, 6L),
                        true,
                        true,
                        true,
                        List.of("/proc/kcore"),
                        List.of("/proc/sys"),
                        SecurityProfile.RUNTIME_DEFAULT,
                        new SecurityProfile(SecurityProfile.Type.LOCALHOST, "prof"),
                        new SelinuxOptions("", "", "", "s0")),
                "3",
                ContainerExtras.NONE);
    }

    private static dev.gantry.proto.cri.v1.ContainerConfig asked() {
        return dev.gantry.proto.cri.v1.ContainerConfig.newBuilder()
                .setMetadata(ContainerMetadata.newBuilder().setName("app").setAttempt(3))
                .setImage(
                        ImageSpec.newBuilder()
                                .setImage("sha256:abc")
                                .setUserSpecifiedImage("nginx:1"))
                .addCommand("/bin/sh")
                .addArgs("-c")
                .addArgs("x")
                .setWorkingDir("/w")
                .addEnvs(KeyValue.newBuilder().setKey("A").setValue("b=c"))
                .setStdin(true)
                .setStdinOnce(true)
                .setTty(true)
                .addMounts(
                        Mount.newBuilder()
                                .setContainerPath("/c")
                                .setHostPath("/h")
                                .setReadonly(true)
                                .setRecursiveReadOnly(true)
                                .setSelinuxRelabel(true)
                                .addUidMappings(
                                        IDMapping.newBuilder().setHostId(65536).setLength(65536))
                                .addGidMappings(
                                        IDMapping.newBuilder().setHostId(65536).setLength(65536))
                                .setPropagation(MountPropagation.PROPAGATION_BIDIRECTIONAL))
                .addMounts(
                        Mount.newBuilder()
                                .setContainerPath("/i")
                                .setPropagation(MountPropagation.PROPAGATION_HOST_TO_CONTAINER)
                                .setImage(ImageSpec.newBuilder().setImage("data:1"))
                                .setImageSubPath("sub"))
                .addDevices(
                        Device.newBuilder()
                                .setHostPath("/dev/h")
                                .setContainerPath("/dev/c")
                                .setPermissions("rw"))
                .addCDIDevices(CDIDevice.newBuilder().setName("vendor.com/gpu=0"))
                .putLabels("l", "1")
                .putAnnotations("a", "2")
                .setLogPath("app/0.log")
                .setStopSignal(Signal.SIGQUIT)
                .setLinux(
                        LinuxContainerConfig.newBuilder()
                                .setResources(
                                        LinuxContainerResources.newBuilder()
                                                .setCpuShares(7)
                                                .setMemoryLimitInBytes(64 << 20))
                                .setSecurityContext(security()))
                .build();
    }

    private static LinuxContainerSecurityContext security() {
        return LinuxContainerSecurityContext.newBuilder()
                .setPrivileged(true)
                .setCapabilities(
                        Capability.newBuilder()
                                .addAddCapabilities("NET_ADMIN")
                                .addDropCapabilities("ALL")
                                .addAddAmbientCapabilities("CHOWN"))
                .setNamespaceOptions(
                        NamespaceOption.newBuilder()
                                .setPid(NamespaceMode.TARGET)
                                .setTargetId("other"))
                .setRunAsUser(Int64Value.newBuilder().setValue(0))
                .setRunAsGroup(Int64Value.newBuilder().setValue(100))
                .setRunAsUsername("nobody")
                .addSupplementalGroups(5)
                .addSupplementalGroups(6)
                .setSupplementalGroupsPolicy(SupplementalGroupsPolicy.Strict)
                .setReadonlyRootfs(true)
                .setNoNewPrivs(true)
                .addMaskedPaths("/proc/kcore")
                .addReadonlyPaths("/proc/sys")
                .setSeccomp(
                        dev.gantry.proto.cri.v1.SecurityProfile.newBuilder()
                                .setProfileType(
                                        dev.gantry.proto.cri.v1.SecurityProfile.ProfileType
                                                .RuntimeDefault))
                .setApparmor(
                        dev.gantry.proto.cri.v1.SecurityProfile.newBuilder()
                                .setProfileType(
                                        dev.gantry.proto.cri.v1.SecurityProfile.ProfileType
                                                .Localhost)
                                .setLocalhostRef("prof"))
                .setSelinuxOptions(SELinuxOption.newBuilder().setLevel("s0"))
                .build();
    }

    @Test
    void everythingAContainerAsksForReachesTheEngine() {
        String id =
                door.runtime
                        .createContainer(
                                CreateContainerRequest.newBuilder()
                                        .setPodSandboxId("p")
                                        .setConfig(asked())
                                        .build())
                        .getContainerId();
        assertThat(id).isEqualTo("container-1");
        assertThat(door.engine.asked)
                .containsExactly(new FakeEngine.CreateContainer("p", config()));
    }

    @Test
    void whatIsNotSaidIsNotMadeUp() {
        door.runtime.createContainer(
                CreateContainerRequest.newBuilder()
                        .setPodSandboxId("p")
                        .setConfig(
                                dev.gantry.proto.cri.v1.ContainerConfig.newBuilder()
                                        .setMetadata(ContainerMetadata.newBuilder().setName("c"))
                                        .setImage(ImageSpec.newBuilder().setImage("i")))
                        .build());
        // CRI's zero value of a namespace is POD: what the pod shares is shared.
        NamespaceOptions zero =
                new NamespaceOptions(Mode.POD, Mode.POD, Mode.POD, "", Optional.empty());
        assertThat(door.engine.asked)
                .containsExactly(
                        new FakeEngine.CreateContainer(
                                "p",
                                ContainerConfig.named("c", "i")
                                        .withSecurity(ContainerSecurity.with(zero))));
    }

    private static Container container(ContainerState state) {
        return container(Scope.CRI, state);
    }

    private static Container container(Scope scope, ContainerState state) {
        return new Container(
                "c1",
                "p1",
                scope,
                config(),
                "",
                FakeImages.ID,
                "docker.io/library/nginx@" + FakeImages.ID,
                ImageDefaults.of(FakeImages.image("nginx", "").config()),
                new Container.User(1, 2, List.of(3L), "/"),
                15,
                config().resources(),
                Optional.of(Path.of("/var/log/pods/p1/app/0.log")),
                state,
                AT);
    }

    /** A container that has ended with code 3. */
    static Container exited() {
        return exited(Scope.CRI);
    }

    /** The same in another scope. */
    static Container exited(Scope scope) {
        return container(
                scope,
                new ContainerState.Exited(
                        77, Optional.of(AT), AT.plusSeconds(1), 3, "Error", "it was told to"));
    }

    private ContainerStatusResponse status() {
        return door.runtime.containerStatus(STATUS.toBuilder().setVerbose(true).build());
    }

    @Test
    void theStreamedListIsTheList() {
        door.engine.containers.put("c1", container(new ContainerState.Created()));
        assertThat(door.runtime.streamContainers(StreamContainersRequest.getDefaultInstance()))
                .toIterable()
                .singleElement()
                .satisfies(
                        part ->
                                assertThat(part.getContainersList())
                                        .isEqualTo(
                                                door.runtime
                                                        .listContainers(
                                                                ListContainersRequest
                                                                        .getDefaultInstance())
                                                        .getContainersList()));
    }

    @Test
    void theStatusOfARunningContainer() {
        door.engine.containers.put(
                "c1", container(new ContainerState.Running(77, AT.plusNanos(1))));
        door.engine.images.byName.put(
                FakeImages.ID.toString(), FakeImages.image("docker.io/library/nginx:1", ""));
        ContainerStatusResponse answer = status();
        ContainerStatus status = answer.getStatus();
        assertThat(status.getState())
                .isEqualTo(dev.gantry.proto.cri.v1.ContainerState.CONTAINER_RUNNING);
        assertThat(status.getCreatedAt()).isEqualTo(1_700_000_000_000_000_001L);
        assertThat(status.getStartedAt()).isEqualTo(1_700_000_000_000_000_002L);
        assertThat(status.getFinishedAt()).isZero();
        assertThat(status.getImage().getImage()).isEqualTo("docker.io/library/nginx:1");
        assertThat(status.getImage().getUserSpecifiedImage()).isEqualTo("nginx:1");
        assertThat(status.getImageId()).isEqualTo(FakeImages.ID.toString());
        assertThat(status.getImageRef()).contains("nginx@sha256:");
        assertThat(status.getLogPath()).isEqualTo("/var/log/pods/p1/app/0.log");
        assertThat(status.getUser().getLinux().getUid()).isEqualTo(1);
        assertThat(status.getUser().getLinux().getSupplementalGroupsList()).containsExactly(3L);
        assertThat(status.getStopSignal()).isEqualTo(Signal.SIGTERM);
        assertThat(status.getResources().getLinux().getMemoryLimitInBytes()).isEqualTo(64 << 20);
        assertThat(status.getMounts(0)).isEqualTo(asked().getMounts(0));
        assertThat(status.getMounts(1)).isEqualTo(asked().getMounts(1));
        assertThat(answer.getInfoOrThrow("info"))
                .contains("\"pid\":77")
                .contains("\"sandboxID\":\"p1\"");
    }

    @Test
    void theStatusOfOneThatEnded() {
        door.engine.containers.put(
                "c1",
                container(
                        new ContainerState.Exited(
                                77, Optional.of(AT), AT.plusSeconds(1), 137, "OOMKilled", "m")));
        ContainerStatus status = status().getStatus();
        assertThat(status.getState())
                .isEqualTo(dev.gantry.proto.cri.v1.ContainerState.CONTAINER_EXITED);
        assertThat(status.getFinishedAt()).isEqualTo(1_700_000_001_000_000_001L);
        assertThat(status.getExitCode()).isEqualTo(137);
        assertThat(status.getReason()).isEqualTo("OOMKilled");
        assertThat(status.getMessage()).isEqualTo("m");
        assertThat(status.getImage().getImage()).isEqualTo("sha256:abc");
    }

    @Test
    void listsAndStatisticsFilter() {
        door.engine.containers.put("c1", container(new ContainerState.Created()));
        assertThat(
                        door.runtime
                                .listContainers(
                                        ListContainersRequest.newBuilder()
                                                .setFilter(
                                                        dev.gantry.proto.cri.v1.ContainerFilter
                                                                .newBuilder()
                                                                .setId("c")
                                                                .setPodSandboxId("p")
                                                                .putLabelSelector("l", "v")
                                                                .setState(
                                                                        ContainerStateValue
                                                                                .newBuilder()
                                                                                .setState(
                                                                                        dev.gantry
                                                                                                .proto
                                                                                                .cri
                                                                                                .v1
                                                                                                .ContainerState
                                                                                                .CONTAINER_EXITED)))
                                                .build())
                                .getContainers(0)
                                .getPodSandboxId())
                .isEqualTo("p1");
        door.runtime.listContainerStats(
                ListContainerStatsRequest.newBuilder()
                        .setFilter(ContainerStatsFilter.newBuilder().setPodSandboxId("p"))
                        .build());
        assertThat(door.engine.asked)
                .containsExactly(
                        new ContainerFilter(
                                Scope.CRI,
                                Optional.of("c"),
                                Optional.of("p"),
                                Optional.of(ContainerFilter.Phase.EXITED),
                                Map.of("l", "v")),
                        new ContainerFilter(
                                Scope.CRI,
                                Optional.empty(),
                                Optional.of("p"),
                                Optional.empty(),
                                Map.of()));
    }

    private static Usage usage() {
        Pressure pressure = new Pressure(new Pressure.Line(3000, 0.5, 0.25, 0), Optional.empty());
        return new Usage(
                new CgroupStats(
                        AT,
                        new CgroupStats.Cpu(1, Optional.of(pressure)),
                        new CgroupStats.Memory(
                                5, 3, OptionalLong.of(100), 6, 0, 0, 7, 8, Optional.empty()),
                        new CgroupStats.Swap(OptionalLong.of(9), OptionalLong.of(20)),
                        OptionalLong.of(4),
                        Optional.empty()),
                OptionalLong.of(2));
    }

    @Test
    void statisticsKeepTheirUnits() {
        Container container = container(new ContainerState.Running(1, AT));
        door.engine.stats =
                List.of(
                        new ContainerStats(
                                container,
                                Optional.of(usage()),
                                Optional.of(new ContainerStats.Disk(AT, "/d", 10, 11))),
                        new ContainerStats(container, Optional.empty(), Optional.empty()));
        List<dev.gantry.proto.cri.v1.ContainerStats> stats =
                door.runtime
                        .listContainerStats(ListContainerStatsRequest.getDefaultInstance())
                        .getStatsList();
        dev.gantry.proto.cri.v1.ContainerStats full = stats.getFirst();
        assertThat(full.getAttributes().getId()).isEqualTo("c1");
        assertThat(full.getCpu().getTimestamp()).isEqualTo(1_700_000_000_000_000_001L);
        assertThat(full.getCpu().getUsageCoreNanoSeconds().getValue()).isEqualTo(1);
        assertThat(full.getCpu().getUsageNanoCores().getValue()).isEqualTo(2);
        assertThat(full.getCpu().getPsi().getSome().getTotal()).isEqualTo(3000);
        assertThat(full.getCpu().getPsi().getSome().getAvg10()).isEqualTo(0.5);
        assertThat(full.getCpu().getPsi().hasFull()).isFalse();
        assertThat(full.getMemory().getWorkingSetBytes().getValue()).isEqualTo(3);
        assertThat(full.getMemory().getAvailableBytes().getValue()).isEqualTo(97);
        assertThat(full.getMemory().getUsageBytes().getValue()).isEqualTo(5);
        assertThat(full.getMemory().getRssBytes().getValue()).isEqualTo(6);
        assertThat(full.getMemory().getPageFaults().getValue()).isEqualTo(7);
        assertThat(full.getMemory().getMajorPageFaults().getValue()).isEqualTo(8);
        assertThat(full.getMemory().hasPsi()).isFalse();
        assertThat(full.getSwap().getSwapUsageBytes().getValue()).isEqualTo(9);
        assertThat(full.getSwap().getSwapAvailableBytes().getValue()).isEqualTo(11);
        assertThat(full.hasIo()).isFalse();
        assertThat(full.getWritableLayer().getFsId().getMountpoint()).isEqualTo("/d");
        assertThat(full.getWritableLayer().getUsedBytes().getValue()).isEqualTo(10);
        assertThat(full.getWritableLayer().getInodesUsed().getValue()).isEqualTo(11);
        assertThat(stats.getLast().hasCpu()).isFalse();
        assertThat(stats.getLast().hasWritableLayer()).isFalse();
    }

    @Test
    void execReturnsBytesAsTheyAre() {
        byte[] bytes = {0, (byte) 0xff, 'x'};
        door.engine.output = new ExecOutput(9, bytes, "e".getBytes(StandardCharsets.UTF_8), false);
        ExecSyncResponse answer =
                door.runtime.execSync(
                        ExecSyncRequest.newBuilder()
                                .setContainerId("c")
                                .addCmd("ls")
                                .addCmd("-l")
                                .setTimeout(7)
                                .build());
        assertThat(answer.getStdout()).isEqualTo(ByteString.copyFrom(bytes));
        assertThat(answer.getStderr().toStringUtf8()).isEqualTo("e");
        assertThat(answer.getExitCode()).isEqualTo(9);
        assertThat(door.engine.asked)
                .containsExactly(
                        new FakeEngine.Exec("c", List.of("ls", "-l"), Duration.ofSeconds(7)));
    }

    @Test
    void timeoutsAreSecondsAndNotNegative() {
        stop(30);
        stop(Long.MAX_VALUE);
        assertThat(door.engine.asked)
                .containsExactly(
                        new FakeEngine.Stop("c", Duration.ofSeconds(30)),
                        new FakeEngine.Stop("c", Duration.ofDays(365)));
        assertThatThrownBy(() -> stop(-1)).hasMessage("INVALID_ARGUMENT: timeout -1 s is negative");
        assertThatThrownBy(
                        () ->
                                door.runtime.execSync(
                                        ExecSyncRequest.newBuilder().setContainerId("c").build()))
                .hasMessage("INVALID_ARGUMENT: the request names no command to run");
    }

    private void stop(long seconds) {
        door.runtime.stopContainer(
                StopContainerRequest.newBuilder().setContainerId("c").setTimeout(seconds).build());
    }

    @Test
    void newLimitsReachTheEngine() {
        door.runtime.updateContainerResources(
                UpdateContainerResourcesRequest.newBuilder()
                        .setContainerId("c")
                        .setLinux(asked().getLinux().getResources())
                        .build());
        assertThat(door.engine.asked)
                .containsExactly(new FakeEngine.Update("c", config().resources()));
    }

    @Test
    void theSpecificationIsAmongWhatVerboseTells() throws JsonProcessingException {
        door.engine.containers.put("c1", container(new ContainerState.Created()));
        JsonNode info = new ObjectMapper().readTree(status().getInfoOrThrow("info"));
        assertThat(info.at("/runtimeSpec/ociVersion").asText()).isEqualTo("1.2.1");
        door.engine.specification =
                () -> {
                    throw Failure.precondition("the mount source is gone");
                };
        JsonNode without = new ObjectMapper().readTree(status().getInfoOrThrow("info"));
        assertThat(without.has("runtimeSpec")).isFalse();
        assertThat(without.get("runtimeSpecError").asText()).isEqualTo("the mount source is gone");
    }

    @Test
    void anIdOfAnotherScopeIsNotFound() {
        door.engine.containers.put("c1", container(new ContainerState.Created()));
        RuntimeServiceBlockingStub local = door.runtime("local");
        assertThat(door.runtime("cri").containerStatus(STATUS).getStatus().getId()).isEqualTo("c1");
        for (Runnable call :
                List.<Runnable>of(
                        () -> local.containerStatus(STATUS),
                        () ->
                                local.startContainer(
                                        StartContainerRequest.newBuilder()
                                                .setContainerId("c1")
                                                .build()),
                        () ->
                                local.stopContainer(
                                        StopContainerRequest.newBuilder()
                                                .setContainerId("c1")
                                                .build()),
                        () ->
                                local.removeContainer(
                                        RemoveContainerRequest.newBuilder()
                                                .setContainerId("c1")
                                                .build()),
                        () ->
                                local.execSync(
                                        ExecSyncRequest.newBuilder()
                                                .setContainerId("c1")
                                                .addCmd("x")
                                                .build()),
                        () ->
                                local.reopenContainerLog(
                                        ReopenContainerLogRequest.newBuilder()
                                                .setContainerId("c1")
                                                .build()),
                        () ->
                                local.updateContainerResources(
                                        UpdateContainerResourcesRequest.newBuilder()
                                                .setContainerId("c1")
                                                .build()),
                        () ->
                                local.containerStats(
                                        ContainerStatsRequest.newBuilder()
                                                .setContainerId("c1")
                                                .build()))) {
            assertThatThrownBy(call::run).hasMessageContaining("NOT_FOUND: there is no c1");
        }
        assertThat(door.engine.asked).containsExactly("container c1");
    }
}
