package dev.gantry.cni;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.model.DnsConfig;
import dev.gantry.model.PortMapping;
import java.util.List;
import java.util.Locale;

/**
 * What a pod asks for, under the names and in the shapes of CNI's CONVENTIONS.md; a plugin gets as
 * its runtimeConfig those that it declares. What a pod does not ask for is left out.
 */
final class Capabilities {
    static final String PORT_MAPPINGS = "portMappings";
    static final String BANDWIDTH = "bandwidth";
    static final String DNS = "dns";
    static final String IPS = "ips";

    /** Not CNI's: the name that CRI runtimes pass a pod's annotations by. */
    static final String ANNOTATIONS = "io.kubernetes.cri.pod-annotations";

    private Capabilities() {}

    static ObjectNode of(Attachment pod) {
        ObjectNode all = Json.object();
        putPorts(all, pod.ports());
        pod.bandwidth().ifPresent(limits -> putBandwidth(all, limits));
        if (!pod.dns().isEmpty()) {
            putDns(all, pod.dns());
        }
        if (!pod.addresses().isEmpty()) {
            ArrayNode ips = all.putArray(IPS);
            pod.addresses().forEach(address -> ips.add(address.getHostAddress()));
        }
        if (!pod.annotations().isEmpty()) {
            ObjectNode annotations = all.putObject(ANNOTATIONS);
            pod.annotations().forEach(annotations::put);
        }
        return all;
    }

    /** Those of {@code all} that the plugin declares. */
    static ObjectNode declared(ObjectNode all, Conflist.Plugin plugin) {
        ObjectNode declared = Json.object();
        all.forEachEntry(
                (capability, value) -> {
                    if (plugin.hasCapability(capability)) {
                        declared.set(capability, value);
                    }
                });
        return declared;
    }

    private static void putPorts(ObjectNode all, List<PortMapping> ports) {
        List<PortMapping> mapped = ports.stream().filter(port -> port.hostPort() > 0).toList();
        if (mapped.isEmpty()) {
            return;
        }
        ArrayNode array = all.putArray(PORT_MAPPINGS);
        for (PortMapping port : mapped) {
            ObjectNode mapping =
                    array.addObject()
                            .put("hostPort", port.hostPort())
                            .put("containerPort", port.containerPort())
                            .put("protocol", port.protocol().name().toLowerCase(Locale.ROOT));
            if (!port.hostIp().isEmpty()) {
                mapping.put("hostIP", port.hostIp());
            }
        }
    }

    private static void putBandwidth(ObjectNode all, Bandwidth limits) {
        all.putObject(BANDWIDTH)
                .put("ingressRate", limits.ingressRate())
                .put("ingressBurst", limits.ingressBurst())
                .put("egressRate", limits.egressRate())
                .put("egressBurst", limits.egressBurst());
    }

    private static void putDns(ObjectNode all, DnsConfig dns) {
        ObjectNode object = all.putObject(DNS);
        dns.servers().forEach(object.putArray("servers")::add);
        dns.searches().forEach(object.putArray("searches")::add);
        dns.options().forEach(object.putArray("options")::add);
    }
}
