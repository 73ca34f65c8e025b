package dev.gantry.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.engine.Pod;
import dev.gantry.engine.PodFilter;
import dev.gantry.engine.PodState;
import dev.gantry.engine.config.NamespaceOptions;
import dev.gantry.engine.config.NamespaceOptions.Mode;
import dev.gantry.engine.config.NetworkChoice;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.engine.config.PodExtras;
import dev.gantry.engine.config.PodName;
import dev.gantry.engine.config.PodSecurity;
import dev.gantry.model.DnsConfig;
import dev.gantry.model.IdMappings;
import dev.gantry.model.PodNetwork;
import dev.gantry.model.PortMapping;
import dev.gantry.model.Resources;
import dev.gantry.model.Scope;
import dev.gantry.proto.cri.v1.CreateContainerRequest;
import dev.gantry.proto.cri.v1.DNSConfig;
import dev.gantry.proto.cri.v1.IDMapping;
import dev.gantry.proto.cri.v1.LinuxContainerResources;
import dev.gantry.proto.cri.v1.LinuxPodSandboxConfig;
import dev.gantry.proto.cri.v1.LinuxSandboxSecurityContext;
import dev.gantry.proto.cri.v1.ListPodSandboxRequest;
import dev.gantry.proto.cri.v1.NamespaceMode;
import dev.gantry.proto.cri.v1.NamespaceOption;
import dev.gantry.proto.cri.v1.PodSandbox;
import dev.gantry.proto.cri.v1.PodSandboxConfig;
import dev.gantry.proto.cri.v1.PodSandboxFilter;
import dev.gantry.proto.cri.v1.PodSandboxMetadata;
import dev.gantry.proto.cri.v1.PodSandboxState;
import dev.gantry.proto.cri.v1.PodSandboxStateValue;
import dev.gantry.proto.cri.v1.PodSandboxStatus;
import dev.gantry.proto.cri.v1.PodSandboxStatusRequest;
import dev.gantry.proto.cri.v1.PodSandboxStatusResponse;
import dev.gantry.proto.cri.v1.Protocol;
import dev.gantry.proto.cri.v1.RemovePodSandboxRequest;
import dev.gantry.proto.cri.v1.RunPodSandboxRequest;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import dev.gantry.proto.cri.v1.StopPodSandboxRequest;
import dev.gantry.proto.cri.v1.StreamPodSandboxesRequest;
import dev.gantry.proto.cri.v1.UserNamespace;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PodCallsTest {
    private static final PodSandboxMetadata METADATA =
            PodSandboxMetadata.newBuilder()
                    .setName("web")
                    .setNamespace("default")
                    .setUid("u-1")
                    .setAttempt(2)
                    .build();

    private final Door door = new Door();

    @AfterEach
    void close() {
        door.close();
    }

    private static IDMapping ids() {
        return IDMapping.newBuilder().setHostId(65536).setLength(65536).build();
    }

    private static PodConfig config() {
        return new PodConfig(
                new PodName("web", "default", "u-1", 2),
                "host-1",
                "/var/log/pods/web",
                new DnsConfig(List.of("10.0.0.10"), List.of("svc"), List.of("ndots:5")),
                List.of(new PortMapping(PortMapping.Protocol.SCTP, 80, 8080, "127.0.0.1")),
                Map.of("l", "1"),
                Map.of("a", "2"),
                "/kubepods/pod1",
                Map.of("net.ipv4.ip_forward", "1"),
                new PodSecurity(
                        new NamespaceOptions(
                                Mode.NODE,
                                Mode.POD,
                                Mode.NODE,
                                "",
                                Optional.of(IdMappings.of(65536, 65536))),
                        true),
                new Resources(10, 0, 0, "", "", 0, 0, 0, OptionalInt.of(0), Map.of(), Map.of()),
                new Resources(
                        100,
                        200,
                        300,
                        "0-1",
                        "0",
                        400,
                        500,
                        0,
                        OptionalInt.of(-998),
                        Map.of("2MB", 4096L),
                        Map.of("memory.high", "5")),
                NetworkChoice.NODE,
                PodExtras.NONE);
    }

    @Test
    void everythingAPodAsksForReachesTheEngine() {
        LinuxPodSandboxConfig linux =
                LinuxPodSandboxConfig.newBuilder()
                        .setCgroupParent("/kubepods/pod1")
                        .putSysctls("net.ipv4.ip_forward", "1")
                        .setSecurityContext(
                                LinuxSandboxSecurityContext.newBuilder()
                                        .setPrivileged(true)
                                        .setNamespaceOptions(
                                                NamespaceOption.newBuilder()
                                                        .setNetwork(NamespaceMode.NODE)
                                                        .setPid(NamespaceMode.POD)
                                                        .setIpc(NamespaceMode.NODE)
                                                        .setUsernsOptions(
                                                                UserNamespace.newBuilder()
                                                                        .setMode(NamespaceMode.POD)
                                                                        .addUids(ids())
                                                                        .addGids(ids()))))
                        .setOverhead(LinuxContainerResources.newBuilder().setCpuShares(10))
                        .setResources(
                                LinuxContainerResources.newBuilder()
                                        .setCpuShares(100)
                                        .setCpuQuota(200)
                                        .setCpuPeriod(300)
                                        .setCpusetCpus("0-1")
                                        .setCpusetMems("0")
                                        .setMemoryLimitInBytes(400)
                                        .setMemorySwapLimitInBytes(500)
                                        .setOomScoreAdj(-998)
                                        .addHugepageLimits(
                                                dev.gantry.proto.cri.v1.HugepageLimit.newBuilder()
                                                        .setPageSize("2MB")
                                                        .setLimit(4096))
                                        .putUnified("memory.high", "5"))
                        .build();
        PodSandboxConfig config =
                PodSandboxConfig.newBuilder()
                        .setMetadata(METADATA)
                        .setHostname("host-1")
                        .setLogDirectory("/var/log/pods/web")
                        .setDnsConfig(
                                DNSConfig.newBuilder()
                                        .addServers("10.0.0.10")
                                        .addSearches("svc")
                                        .addOptions("ndots:5"))
                        .addPortMappings(
                                dev.gantry.proto.cri.v1.PortMapping.newBuilder()
                                        .setProtocol(Protocol.SCTP)
                                        .setContainerPort(80)
                                        .setHostPort(8080)
                                        .setHostIp("127.0.0.1"))
                        .putLabels("l", "1")
                        .putAnnotations("a", "2")
                        .setLinux(linux)
                        .build();
        String id =
                door.runtime
                        .runPodSandbox(
                                RunPodSandboxRequest.newBuilder()
                                        .setConfig(config)
                                        .setRuntimeHandler("runc")
                                        .build())
                        .getPodSandboxId();
        assertThat(id).isEqualTo("pod-1");
        assertThat(door.engine.asked)
                .containsExactly(new FakeEngine.RunPod(Scope.CRI, config(), "runc"));
    }

    @Test
    void whatIsNotSaidTakesKubernetesDefaults() {
        door.runtime.runPodSandbox(
                RunPodSandboxRequest.newBuilder()
                        .setConfig(PodSandboxConfig.newBuilder().setMetadata(METADATA))
                        .build());
        assertThat(door.engine.asked)
                .containsExactly(
                        new FakeEngine.RunPod(
                                Scope.CRI,
                                PodConfig.named(
                                        new PodName("web", "default", "u-1", 2),
                                        NamespaceOptions.DEFAULT),
                                ""));
    }

    @Test
    void whatCannotBeIsRefusedBeforeTheEngine() {
        PodSandboxConfig.Builder config = PodSandboxConfig.newBuilder().setMetadata(METADATA);
        assertThatThrownBy(() -> run(PodSandboxConfig.newBuilder()))
                .hasMessage("INVALID_ARGUMENT: a pod sandbox needs a name in its metadata");
        config.addPortMappings(
                dev.gantry.proto.cri.v1.PortMapping.newBuilder().setContainerPort(70000));
        assertThatThrownBy(() -> run(config))
                .hasMessage("INVALID_ARGUMENT: container port 70000 is not between 0 and 65535");
        config.clearPortMappings();
        config.getLinuxBuilder().getResourcesBuilder().setOomScoreAdj(5000);
        assertThatThrownBy(() -> run(config))
                .hasMessage("INVALID_ARGUMENT: oom_score_adj 5000 is not between -1000 and 1000");
        config.clearLinux();
        config.getLinuxBuilder()
                .getSecurityContextBuilder()
                .getNamespaceOptionsBuilder()
                .setNetworkValue(77);
        assertThatThrownBy(() -> run(config))
                .hasMessage("INVALID_ARGUMENT: a namespace mode is none that CRI names");
        assertThat(door.engine.asked).isEmpty();
    }

    private void run(PodSandboxConfig.Builder config) {
        door.runtime.runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(config).build());
    }

    private static Pod ready() throws UnknownHostException {
        return pod("p", Scope.CRI);
    }

    static Pod pod(String id, Scope scope) throws UnknownHostException {
        return new Pod(
                id,
                scope,
                config(),
                "runc",
                PodState.READY,
                Instant.ofEpochSecond(1_700_000_000L, 123_456_789),
                "/kubepods/pod1/p",
                new PodNetwork(
                        List.of(
                                InetAddress.ofLiteral("10.1.2.3"),
                                InetAddress.ofLiteral("fd00::1"))),
                Optional.of(Path.of("/run/netns/gantry-p")),
                42,
                "");
    }

    @Test
    void theStreamedListIsTheList() throws UnknownHostException {
        door.engine.pods.put("p", ready());
        assertThat(door.runtime.streamPodSandboxes(StreamPodSandboxesRequest.getDefaultInstance()))
                .toIterable()
                .singleElement()
                .satisfies(
                        part ->
                                assertThat(part.getPodSandboxesList())
                                        .isEqualTo(
                                                door.runtime
                                                        .listPodSandbox(
                                                                ListPodSandboxRequest
                                                                        .getDefaultInstance())
                                                        .getItemsList()));
    }

    @Test
    void aPodOfAnotherScopeIsNotFound() throws UnknownHostException {
        door.engine.pods.put("p", ready());
        RuntimeServiceBlockingStub local = door.runtime("local");
        for (Runnable call :
                List.<Runnable>of(
                        () ->
                                local.podSandboxStatus(
                                        PodSandboxStatusRequest.newBuilder()
                                                .setPodSandboxId("p")
                                                .build()),
                        () ->
                                local.stopPodSandbox(
                                        StopPodSandboxRequest.newBuilder()
                                                .setPodSandboxId("p")
                                                .build()),
                        () ->
                                local.removePodSandbox(
                                        RemovePodSandboxRequest.newBuilder()
                                                .setPodSandboxId("p")
                                                .build()),
                        () ->
                                local.createContainer(
                                        CreateContainerRequest.newBuilder()
                                                .setPodSandboxId("p")
                                                .build()))) {
            assertThatThrownBy(call::run).hasMessageContaining("NOT_FOUND: there is no p");
        }
        assertThat(door.engine.asked).isEmpty();
    }

    @Test
    void theStatusSaysWhatIsKnown() throws UnknownHostException {
        door.engine.pods.put("p", ready());
        PodSandboxStatusResponse answer =
                door.runtime.podSandboxStatus(
                        PodSandboxStatusRequest.newBuilder()
                                .setPodSandboxId("p")
                                .setVerbose(true)
                                .build());
        PodSandboxStatus status = answer.getStatus();
        assertThat(status.getId()).isEqualTo("p");
        assertThat(status.getMetadata()).isEqualTo(METADATA);
        assertThat(status.getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
        assertThat(status.getCreatedAt()).isEqualTo(1_700_000_000_123_456_789L);
        assertThat(status.getNetwork().getIp()).isEqualTo("10.1.2.3");
        assertThat(InetAddress.ofLiteral(status.getNetwork().getAdditionalIps(0).getIp()))
                .isEqualTo(InetAddress.ofLiteral("fd00::1"));
        assertThat(status.getLinux().getNamespaces().getOptions().getPid())
                .isEqualTo(NamespaceMode.POD);
        assertThat(status.getLinux().getNamespaces().getOptions().getNetwork())
                .isEqualTo(NamespaceMode.NODE);
        assertThat(status.getLabelsMap()).isEqualTo(Map.of("l", "1"));
        assertThat(status.getAnnotationsMap()).isEqualTo(Map.of("a", "2"));
        assertThat(status.getRuntimeHandler()).isEqualTo("runc");
        assertThat(answer.getInfoOrThrow("info"))
                .contains("\"pid\":42")
                .contains("\"runtimeHandler\":\"runc\"")
                .contains("\"cgroup\":\"/kubepods/pod1/p\"")
                .contains("\"networkNamespace\":\"/run/netns/gantry-p\"")
                .contains("\"hostname\":\"host-1\"");
        PodSandbox item =
                door.runtime.listPodSandbox(ListPodSandboxRequest.getDefaultInstance()).getItems(0);
        assertThat(item.getMetadata()).isEqualTo(METADATA);
        assertThat(item.getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
        assertThat(item.getCreatedAt()).isEqualTo(status.getCreatedAt());
    }

    @Test
    void aFilterReachesTheEngine() {
        door.runtime.listPodSandbox(
                ListPodSandboxRequest.newBuilder()
                        .setFilter(
                                PodSandboxFilter.newBuilder()
                                        .setId("ab")
                                        .setState(
                                                PodSandboxStateValue.newBuilder()
                                                        .setState(PodSandboxState.SANDBOX_NOTREADY))
                                        .putLabelSelector("l", "v"))
                        .build());
        assertThat(door.engine.asked)
                .containsExactly(
                        new PodFilter(
                                Scope.CRI,
                                Optional.of("ab"),
                                Optional.of(false),
                                Map.of("l", "v")));
    }

    @Test
    void stopAndRemoveNameThePod() {
        door.runtime.stopPodSandbox(
                StopPodSandboxRequest.newBuilder().setPodSandboxId("x").build());
        door.runtime.removePodSandbox(
                RemovePodSandboxRequest.newBuilder().setPodSandboxId("x").build());
        assertThat(door.engine.asked).containsExactly("stopPod x", "removePod x");
        assertThatThrownBy(
                        () ->
                                door.runtime.podSandboxStatus(
                                        PodSandboxStatusRequest.newBuilder()
                                                .setPodSandboxId("x")
                                                .build()))
                .hasMessage("NOT_FOUND: pod x is not known");
    }
}
