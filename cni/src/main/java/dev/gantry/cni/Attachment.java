package dev.gantry.cni;

import dev.gantry.model.DnsConfig;
import dev.gantry.model.Failure;
import dev.gantry.model.PortMapping;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A pod that is to be wired.
 *
 * @param podId the plugins' CNI_CONTAINERID
 * @param podName passed as K8S_POD_NAME; as namespace and uid, without {@code ;} and {@code =}
 * @param netns path of the pod's network namespace
 * @param ports those without a host port are left out
 * @param bandwidth limits, where the pod asks for them
 * @param dns for plugins with the {@code dns} capability
 * @param annotations for plugins with the capability {@code io.kubernetes.cri.pod-annotations}
 * @param network name of a list in {@link CniSettings#localDir}; empty for the node's own
 * @param addresses those that the pod is to have, for plugins with the {@code ips} capability;
 *     empty for any
 */
public record Attachment(
        String podId,
        String podName,
        String podNamespace,
        String podUid,
        Path netns,
        List<PortMapping> ports,
        Optional<Bandwidth> bandwidth,
        DnsConfig dns,
        Map<String, String> annotations,
        Optional<String> network,
        List<InetAddress> addresses) {
    /** What the specification allows as a container id. */
    private static final Pattern ID = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");

    public Attachment {
        if (!ID.matcher(podId).matches()) {
            throw Failure.invalid("pod id \"" + podId + "\" is no container id to CNI plugins");
        }
        checkArgument("name", podName);
        checkArgument("namespace", podNamespace);
        checkArgument("uid", podUid);
        netns = netns.toAbsolutePath();
        ports = List.copyOf(ports);
        annotations = Map.copyOf(annotations);
        addresses = List.copyOf(addresses);
    }

    /** A pod on the node's own network, with any address of it. */
    public Attachment(
            String podId,
            String podName,
            String podNamespace,
            String podUid,
            Path netns,
            List<PortMapping> ports,
            Optional<Bandwidth> bandwidth,
            DnsConfig dns,
            Map<String, String> annotations) {
        this(
                podId,
                podName,
                podNamespace,
                podUid,
                netns,
                ports,
                bandwidth,
                dns,
                annotations,
                Optional.empty(),
                List.of());
    }

    /** The same pod on a network of {@link CniSettings#localDir}. */
    public Attachment on(String name, List<InetAddress> wanted) {
        return new Attachment(
                podId,
                podName,
                podNamespace,
                podUid,
                netns,
                ports,
                bandwidth,
                dns,
                annotations,
                Optional.of(name),
                wanted);
    }

    /** The pod's names as CNI_ARGS, as kubelet's other runtimes pass them. */
    String arguments() {
        return String.join(
                ";",
                "IgnoreUnknown=1",
                "K8S_POD_NAMESPACE=" + podNamespace,
                "K8S_POD_NAME=" + podName,
                "K8S_POD_INFRA_CONTAINER_ID=" + podId,
                "K8S_POD_UID=" + podUid);
    }

    private static void checkArgument(String what, String value) {
        if (value.chars().anyMatch(c -> c == ';' || c == '=' || c == 0)) {
            throw Failure.invalid(
                    "pod %s \"%s\" cannot be told to CNI plugins: it has a \";\" or \"=\""
                            .formatted(what, value));
        }
    }
}
