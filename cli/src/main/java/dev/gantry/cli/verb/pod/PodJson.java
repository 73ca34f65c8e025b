package dev.gantry.cli.verb.pod;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.connect.Connection;
import dev.gantry.cli.format.Times;
import dev.gantry.cli.json.JsonReader;
import dev.gantry.cli.template.Fields;
import dev.gantry.proto.cri.v1.ContainerFilter;
import dev.gantry.proto.cri.v1.ListContainersRequest;
import dev.gantry.proto.cri.v1.ListPodSandboxRequest;
import dev.gantry.proto.cri.v1.PodIP;
import dev.gantry.proto.cri.v1.PodSandbox;
import dev.gantry.proto.cri.v1.PodSandboxStatus;
import dev.gantry.proto.cri.v1.PodSandboxStatusRequest;
import dev.gantry.proto.cri.v1.PodSandboxStatusResponse;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A pod of kubelet's, for inspect. */
public final class PodJson {
    private PodJson() {}

    /** The whole of a pod, by id, the beginning of an id, its name, or NAMESPACE/NAME. */
    public static Fields of(Connection daemon, String name) {
        RuntimeServiceBlockingStub cri =
                RuntimeServiceGrpc.newBlockingStub(daemon.channel(Connection.CRI));
        String id = find(cri, name);
        PodSandboxStatusResponse answer =
                cri.podSandboxStatus(
                        PodSandboxStatusRequest.newBuilder()
                                .setPodSandboxId(id)
                                .setVerbose(true)
                                .build());
        PodSandboxStatus status = answer.getStatus();
        List<String> addresses = new ArrayList<>();
        if (!status.getNetwork().getIp().isEmpty()) {
            addresses.add(status.getNetwork().getIp());
        }
        status.getNetwork().getAdditionalIpsList().stream()
                .map(PodIP::getIp)
                .forEach(addresses::add);
        return new Fields()
                .with("Id", status.getId())
                .with("Name", status.getMetadata().getName())
                .with("Namespace", status.getMetadata().getNamespace())
                .with("Uid", status.getMetadata().getUid())
                .with("Attempt", status.getMetadata().getAttempt())
                .with("State", Pods.state(status.getState()))
                .with("Created", Times.rfc3339(status.getCreatedAt()))
                .with("Addresses", addresses)
                .with("RuntimeHandler", status.getRuntimeHandler())
                .with("Labels", new TreeMap<>(status.getLabelsMap()))
                .with("Annotations", new TreeMap<>(status.getAnnotationsMap()))
                .with("Containers", containers(cri, id))
                .with("Info", info(answer.getInfoMap()));
    }

    private static String find(RuntimeServiceBlockingStub cri, String name) {
        List<String> ids =
                cri
                        .listPodSandbox(ListPodSandboxRequest.getDefaultInstance())
                        .getItemsList()
                        .stream()
                        .filter(pod -> matches(pod, name))
                        .map(PodSandbox::getId)
                        .toList();
        if (ids.size() != 1) {
            throw new CliFailure(
                    ids.isEmpty()
                            ? "Error: No such pod: " + name
                            : "Error: %s fits %d pods: use an id".formatted(name, ids.size()));
        }
        return ids.getFirst();
    }

    private static boolean matches(PodSandbox pod, String name) {
        String own = pod.getMetadata().getName();
        return pod.getId().startsWith(name)
                || own.equals(name)
                || (pod.getMetadata().getNamespace() + "/" + own).equals(name);
    }

    private static List<Fields> containers(RuntimeServiceBlockingStub cri, String pod) {
        return cri
                .listContainers(
                        ListContainersRequest.newBuilder()
                                .setFilter(ContainerFilter.newBuilder().setPodSandboxId(pod))
                                .build())
                .getContainersList()
                .stream()
                .map(
                        container ->
                                new Fields()
                                        .with("Id", container.getId())
                                        .with("Name", container.getMetadata().getName())
                                        .with("Image", container.getImage().getImage())
                                        .with(
                                                "State",
                                                container
                                                        .getState()
                                                        .name()
                                                        .replace("CONTAINER_", "")
                                                        .toLowerCase(java.util.Locale.ROOT))
                                        .with("Created", Times.rfc3339(container.getCreatedAt())))
                .toList();
    }

    /** JSON by custom; what is none stays text. */
    private static Map<String, @Nullable Object> info(Map<String, String> info) {
        Map<String, @Nullable Object> values = new TreeMap<>();
        info.forEach(
                (name, text) -> {
                    try {
                        values.put(name, JsonReader.read(text));
                    } catch (IllegalArgumentException e) {
                        values.put(name, text);
                    }
                });
        return values;
    }
}
