package dev.gantry.engine;

import dev.gantry.engine.config.NamespaceOptions.Mode;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.engine.config.PodExtras;
import dev.gantry.engine.spec.HostFiles;
import dev.gantry.engine.spec.SpecBuilder;
import dev.gantry.engine.spec.SpecUserNamespace;
import dev.gantry.model.DnsConfig;
import dev.gantry.model.Failure;
import dev.gantry.model.PodNetwork;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A pod's resolv.conf, hosts and hostname, which are bound into its containers. kubelet mounts a
 * hosts file of its own over ours.
 */
final class PodFiles {
    private static final String HOSTS =
            """
            127.0.0.1\tlocalhost
            ::1\tlocalhost ip6-localhost ip6-loopback
            fe00::0\tip6-localnet
            fe00::0\tip6-mcastprefix
            fe00::1\tip6-allnodes
            fe00::2\tip6-allrouters
            """;

    private final EngineSettings settings;

    PodFiles(EngineSettings settings) {
        this.settings = settings;
    }

    void write(String podId, PodConfig config, PodNetwork network) {
        Path directory = settings.podFiles(podId);
        String hostname = SpecBuilder.hostname(config);
        try {
            Files.createDirectories(directory);
            write(config, directory.resolve("resolv.conf"), resolvConf(config.dns()));
            write(config, directory.resolve("hosts"), hosts(config, hostname, network));
            write(config, directory.resolve("hostname"), hostname + "\n");
        } catch (IOException e) {
            throw Failure.of("write the files of pod " + podId + " in " + directory, e);
        }
    }

    private static void write(PodConfig config, Path file, String text) throws IOException {
        Files.writeString(file, text);
        SpecUserNamespace.give(file, config);
    }

    /** Idempotent. */
    void remove(String podId) {
        Trees.delete(settings.podFiles(podId));
    }

    static String resolvConf(DnsConfig dns) {
        if (dns.isEmpty()) {
            return HostFiles.read(Path.of("/etc/resolv.conf")).orElse("");
        }
        StringBuilder text = new StringBuilder();
        if (!dns.searches().isEmpty()) {
            text.append("search ").append(String.join(" ", dns.searches())).append('\n');
        }
        dns.servers().forEach(s -> text.append("nameserver ").append(s).append('\n'));
        if (!dns.options().isEmpty()) {
            text.append("options ").append(String.join(" ", dns.options())).append('\n');
        }
        return text.toString();
    }

    static String hosts(PodConfig config, String hostname, PodNetwork network) {
        boolean node = config.security().namespaces().network() == Mode.NODE;
        StringBuilder text =
                new StringBuilder(
                        node ? HostFiles.read(Path.of("/etc/hosts")).orElse(HOSTS) : HOSTS);
        if (text.charAt(text.length() - 1) != '\n') {
            text.append('\n');
        }
        for (PodExtras.Host host : config.extras().hosts()) {
            for (String address : addresses(host, node, network)) {
                text.append(address).append('\t').append(host.name()).append('\n');
            }
        }
        if (node) {
            return text.toString();
        }
        for (InetAddress address : network.addresses()) {
            text.append(address.getHostAddress()).append('\t').append(hostname).append('\n');
        }
        return text.toString();
    }

    /** Those of a further line; a gateway of each family is where the node is. */
    private static List<String> addresses(PodExtras.Host host, boolean node, PodNetwork network) {
        if (!host.address().equals(PodExtras.Host.GATEWAY)) {
            return List.of(host.address());
        }
        if (node) {
            return List.of("127.0.0.1");
        }
        if (network.gateways().isEmpty()) {
            throw Failure.precondition(
                    "host %s: its network has no gateway, so %s is no address; give one"
                            .formatted(host.name(), host.address()));
        }
        return network.gateways().stream().map(InetAddress::getHostAddress).toList();
    }
}
