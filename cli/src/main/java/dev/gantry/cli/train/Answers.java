package dev.gantry.cli.train;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.gantry.proto.cri.v1.ListPodSandboxResponse;
import dev.gantry.proto.cri.v1.ListPodSandboxStatsResponse;
import dev.gantry.proto.cri.v1.PodSandbox;
import dev.gantry.proto.cri.v1.PodSandboxMetadata;
import dev.gantry.proto.v1.Container;
import dev.gantry.proto.v1.ContainerState;
import dev.gantry.proto.v1.ContainerUsage;
import dev.gantry.proto.v1.CreateRequest;
import dev.gantry.proto.v1.DiskUsageResponse;
import dev.gantry.proto.v1.Event;
import dev.gantry.proto.v1.ExplainResponse;
import dev.gantry.proto.v1.ExplainedStep;
import dev.gantry.proto.v1.Health;
import dev.gantry.proto.v1.HistoryResponse;
import dev.gantry.proto.v1.HistoryStep;
import dev.gantry.proto.v1.ImageSummary;
import dev.gantry.proto.v1.InfoResponse;
import dev.gantry.proto.v1.InspectImageResponse;
import dev.gantry.proto.v1.InspectResponse;
import dev.gantry.proto.v1.ListImagesResponse;
import dev.gantry.proto.v1.ListNetworksResponse;
import dev.gantry.proto.v1.ListResponse;
import dev.gantry.proto.v1.ListVolumesResponse;
import dev.gantry.proto.v1.LogsResponse;
import dev.gantry.proto.v1.MountPoint;
import dev.gantry.proto.v1.Network;
import dev.gantry.proto.v1.Port;
import dev.gantry.proto.v1.RemoveResponse;
import dev.gantry.proto.v1.StartResponse;
import dev.gantry.proto.v1.StatsResponse;
import dev.gantry.proto.v1.StopResponse;
import dev.gantry.proto.v1.TopResponse;
import dev.gantry.proto.v1.VersionResponse;
import dev.gantry.proto.v1.Volume;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the daemon of the training answers. */
final class Answers {
    private static final String ID = "0123456789abcdef0123456789abcdef";
    private static final long AT = 1_767_225_600_000_000_000L;

    private Answers() {}

    static Optional<byte[]> of(String path) {
        return Optional.ofNullable(message(path)).map(MessageLite::toByteArray);
    }

    private static @Nullable MessageLite message(String path) {
        return switch (path) {
            case "/gantry.v1.Containers/List" ->
                    ListResponse.newBuilder().addContainers(container()).build();
            case "/gantry.v1.Containers/Inspect" ->
                    InspectResponse.newBuilder()
                            .setContainer(container())
                            .setSpec(
                                    CreateRequest.newBuilder()
                                            .setName("web")
                                            .addExposedPorts("80/tcp"))
                            .setPath("nginx")
                            .addArgs("-g")
                            .build();
            case "/gantry.v1.Containers/Top" -> TopResponse.newBuilder().addTitles("PID").build();
            case "/gantry.v1.Containers/Stats" ->
                    StatsResponse.newBuilder()
                            .addContainers(
                                    ContainerUsage.newBuilder()
                                            .setId(ID)
                                            .setRunning(true)
                                            .setMemoryLimit(1 << 20))
                            .build();
            case "/gantry.v1.Containers/Explain" ->
                    ExplainResponse.newBuilder()
                            .setId(ID)
                            .addSteps(
                                    ExplainedStep.newBuilder()
                                            .setAt(AT)
                                            .setWhat("started")
                                            .setTook(1_000_000))
                            .build();
            case "/gantry.v1.Containers/Logs" ->
                    LogsResponse.newBuilder().setData(ByteString.copyFromUtf8("a line\n")).build();
            case "/gantry.v1.Containers/Stop" -> StopResponse.getDefaultInstance();
            case "/gantry.v1.Containers/Start" -> StartResponse.getDefaultInstance();
            case "/gantry.v1.Containers/Remove" -> RemoveResponse.getDefaultInstance();
            default -> others(path);
        };
    }

    private static @Nullable MessageLite others(String path) {
        return switch (path) {
            case "/gantry.v1.Images/List" ->
                    ListImagesResponse.newBuilder()
                            .addImages(
                                    ImageSummary.newBuilder()
                                            .setId("sha256:" + ID)
                                            .addTags("web:latest")
                                            .addDigests("web@sha256:" + ID)
                                            .setCreatedAt(AT)
                                            .setSize(12_345_678)
                                            .putLabels("a", "b"))
                            .build();
            case "/gantry.v1.Images/Inspect" ->
                    InspectImageResponse.newBuilder()
                            .setConfig(
                                    ByteString.copyFromUtf8(
                                            "{\"os\":\"linux\",\"config\":{\"Cmd\":[\"sh\"]},\"rootfs\":{}}"))
                            .build();
            case "/gantry.v1.Images/History" ->
                    HistoryResponse.newBuilder()
                            .addSteps(
                                    HistoryStep.newBuilder()
                                            .setImageId("sha256:" + ID)
                                            .setCreatedAt(AT)
                                            .setSize(1))
                            .build();
            case "/gantry.v1.Networks/List" ->
                    ListNetworksResponse.newBuilder().addNetworks(network()).build();
            case "/gantry.v1.Networks/Inspect" -> network();
            case "/gantry.v1.Volumes/List" ->
                    ListVolumesResponse.newBuilder().addVolumes(volume()).build();
            case "/gantry.v1.Volumes/Inspect" -> volume();
            case "/gantry.v1.System/Version" ->
                    VersionResponse.newBuilder().setVersion("1").build();
            case "/gantry.v1.System/Info" ->
                    InfoResponse.newBuilder().setMemoryBytes(1 << 30).build();
            case "/gantry.v1.System/Events" ->
                    Event.newBuilder()
                            .setAt(AT)
                            .setType("container")
                            .setAction("start")
                            .putAttributes("a", "b")
                            .build();
            case "/gantry.v1.System/DiskUsage" -> DiskUsageResponse.getDefaultInstance();
            case "/runtime.v1.RuntimeService/ListPodSandbox" ->
                    ListPodSandboxResponse.newBuilder()
                            .addItems(
                                    PodSandbox.newBuilder()
                                            .setId(ID)
                                            .setCreatedAt(AT)
                                            .putLabels("a", "b")
                                            .setMetadata(
                                                    PodSandboxMetadata.newBuilder().setName("a")))
                            .build();
            case "/runtime.v1.RuntimeService/ListContainers" ->
                    dev.gantry.proto.cri.v1.ListContainersResponse.getDefaultInstance();
            case "/runtime.v1.RuntimeService/ListPodSandboxStats" ->
                    ListPodSandboxStatsResponse.getDefaultInstance();
            default -> null;
        };
    }

    private static Container container() {
        return Container.newBuilder()
                .setId(ID)
                .setName("web")
                .setImage("web:latest")
                .addCommand("nginx")
                .setCreatedAt(AT)
                .setStartedAt(AT)
                .setState(ContainerState.RUNNING)
                .setHealth(Health.HEALTHY)
                .addPorts(
                        Port.newBuilder().setContainerPort(80).setHostPort(8080).setProtocol("tcp"))
                .putLabels("a", "b")
                .addMounts(MountPoint.newBuilder().setType("volume").setName("data"))
                .setNetwork("bridge")
                .build();
    }

    private static Network network() {
        return Network.newBuilder()
                .setId(ID)
                .setName("web")
                .setDriver("bridge")
                .putLabels("a", "b")
                .build();
    }

    private static Volume volume() {
        return Volume.newBuilder().setName("web").setDriver("local").putLabels("a", "b").build();
    }
}
