package dev.gantry.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import dev.gantry.model.PodNetwork;
import dev.gantry.model.PortMapping;
import dev.gantry.state.Database;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Debian's containernetworking-plugins, in network namespaces of the test's own. */
@Tag("root")
class RealPluginsTest {
    private static final Path PLUGINS = Path.of("/usr/lib/cni");
    private static final PortMapping WEB =
            new PortMapping(PortMapping.Protocol.TCP, 8000, 18000, "");

    @TempDir Path directory;
    private NodeNamespace node;
    private Database database;

    @BeforeEach
    void open() throws Exception {
        node = new NodeNamespace();
        Files.createDirectories(directory.resolve("net.d"));
        conflist("1.0.0");
        database = openDatabase();
    }

    @AfterEach
    void close() throws Exception {
        database.close();
        node.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.3.1", "0.4.0", "1.0.0"})
    void aPodHasAnAddressAndAHostPortAndLeavesNothing(String version) throws Exception {
        conflist(version);
        Path netns = node.addPod("pod");
        String rulesBefore = node.onNode("iptables-save -t nat | grep -c '^-A CNI-DN' || true");

        PodNetwork network = networks().attach(Pods.pod(1, netns, WEB));

        assertThat(network.addresses())
                .containsExactly(
                        InetAddress.ofLiteral("10.77.0.2"), InetAddress.ofLiteral("fd77::2"));
        Process server = NodeNamespace.serve(netns, "0.0.0.0", 8000, directory);
        try {
            assertThat(node.onNode(get("10.77.0.2", 8000))).endsWith("served");
            assertThat(node.onNode(get("10.77.0.1", 18000))).as("host port").endsWith("served");
            assertThat(node.onNode(get("127.0.0.1", 18000))).as("host port").endsWith("served");
        } finally {
            server.toHandle().destroyForcibly();
            server.waitFor();
        }
        assertThat(reservations()).containsExactlyInAnyOrder("10.77.0.2", "fd77::2");

        networks().detach(Pods.id(1), Optional.of(netns));

        assertThat(reservations()).isEmpty();
        assertThat(NodeNamespace.in(netns, "ip -o link")).contains("lo").doesNotContain("eth0");
        assertThat(node.onNode("ip -o link show type veth")).isEmpty();
        assertThat(node.onNode("iptables-save -t nat | grep -c '^-A CNI-DN' || true"))
                .isEqualTo(rulesBefore);
        assertThat(networks().recorded()).isEmpty();
    }

    /** Without a host port: CHECK of portmap 1.1.1 looks for its IPv4 rules among the IPv6 ones. */
    @ParameterizedTest
    @ValueSource(strings = {"0.4.0", "1.0.0"})
    void checkDetectsAnInterfaceThatWasRemoved(String version) throws Exception {
        conflist(version);
        Path netns = node.addPod("pod");
        PodNetworks networks = networks();
        assertThat(networks.attach(Pods.pod(1, netns)).addresses())
                .containsExactly(
                        InetAddress.ofLiteral("10.77.0.2"), InetAddress.ofLiteral("fd77::2"));
        networks.check(Pods.id(1));

        NodeNamespace.in(netns, "ip link del eth0");

        assertThatThrownBy(() -> networks.check(Pods.id(1)))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("CHECK of plugin bridge of network real");
        networks.detach(Pods.id(1), Optional.of(netns));
        assertThat(reservations()).isEmpty();
    }

    @Test
    void deletingAfterARestartFreesTheAddressThoughTheNamespaceIsGone() throws Exception {
        Path netns = node.addPod("pod");
        networks().attach(Pods.pod(1, netns, WEB));
        assertThat(reservations()).hasSize(2);
        database.close();
        node.remove(netns);
        database = openDatabase();

        PodNetworks restarted = networks();
        restarted.detach(Pods.id(1), Optional.empty());
        restarted.detach(Pods.id(1), Optional.empty());

        assertThat(reservations()).isEmpty();
        assertThat(node.onNode("iptables-save -t nat")).doesNotContain("18000");
        assertThat(restarted.recorded()).isEmpty();
    }

    @Test
    void anAddressThatWasReservedBeforeALaterPluginFailedIsFree() throws Exception {
        Path netns = node.addPod("pod");
        Path bin = Files.createDirectory(directory.resolve("bin"));
        Path broken = bin.resolve("portmap");
        Files.writeString(broken, "#!/bin/sh\n[ $CNI_COMMAND = DEL ] || exit 7\n");
        assertThat(broken.toFile().setExecutable(true)).isTrue();

        assertThatThrownBy(() -> networks(bin, PLUGINS).attach(Pods.pod(1, netns, WEB)))
                .hasMessageContaining("plugin portmap")
                .hasMessageContaining("exited 7");

        assertThat(reservations()).isEmpty();
        assertThat(NodeNamespace.in(netns, "ip -o link")).doesNotContain("eth0");
        assertThat(networks().recorded()).isEmpty();
    }

    @Test
    void podsAreWiredSideBySideWithAddressesOfTheirOwn() throws Exception {
        int count = 6;
        List<Path> namespaces = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            namespaces.add(node.addPod("pod" + i));
        }
        PodNetworks networks = networks();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<PodNetwork>> attached = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Attachment pod = Pods.pod(i, namespaces.get(i));
                attached.add(threads.submit(() -> networks.attach(pod)));
            }
            Set<InetAddress> addresses = new HashSet<>();
            for (Future<PodNetwork> network : attached) {
                addresses.addAll(network.get().addresses());
            }
            assertThat(addresses).hasSize(2 * count);
        }
        for (int i = 0; i < count; i++) {
            networks.detach(Pods.id(i), Optional.of(namespaces.get(i)));
        }
        assertThat(reservations()).isEmpty();
    }

    @Test
    void loopbackMayBeThePluginOfAList() throws Exception {
        Files.writeString(
                directory.resolve("net.d/00-lo.conf"),
                "{\"cniVersion\":\"1.0.0\",\"name\":\"lo\",\"type\":\"loopback\"}");
        Path netns = node.addPod("pod");
        NodeNamespace.in(netns, "ip link set lo down");

        PodNetworks networks = networks();
        assertThat(networks.attach(Pods.pod(1, netns)).addresses()).isEmpty();

        assertThat(NodeNamespace.in(netns, "ip -o link show lo")).contains("LOOPBACK,UP");
        assertThatCode(() -> networks.check(Pods.id(1))).doesNotThrowAnyException();
        networks.detach(Pods.id(1), Optional.of(netns));
    }

    @Test
    void theStatusIsReadyWithPluginsAndAList() {
        assertThat(networks().status()).isEqualTo(NetworkStatus.ready("real", List.of()));
    }

    private PodNetworks networks() {
        return networks(PLUGINS);
    }

    private PodNetworks networks(Path... binaries) {
        return new CniPodNetworks(
                new CniSettings(
                        directory.resolve("net.d"), List.of(binaries), Duration.ofSeconds(60)),
                database,
                node.launcher());
    }

    private Database openDatabase() {
        return Database.open(directory.resolve("gantry.db"), PodNetworks.migrations());
    }

    /** Addresses that host-local holds; beside them it keeps a lock and the last one of each. */
    private List<String> reservations() throws IOException {
        Path reserved = directory.resolve("ipam/real");
        try (Stream<Path> files = Files.list(reserved)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals("lock") && !name.startsWith("last_reserved_ip"))
                    .toList();
        }
    }

    private static String get(String address, int port) {
        return "exec 3<>/dev/tcp/%s/%d; printf 'GET /word HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3"
                .formatted(address, port);
    }

    private void conflist(String version) throws IOException {
        Files.writeString(
                directory.resolve("net.d/10-real.conflist"),
                """
                {"cniVersion": "%s", "name": "real", "plugins": [
                  {"type": "bridge", "bridge": "gantry-test0", "isGateway": true, "ipMasq": true,
                   "hairpinMode": true,
                   "ipam": {"type": "host-local", "dataDir": "%s", "ranges": [
                     [{"subnet": "10.77.0.0/24"}], [{"subnet": "fd77::/64"}]],
                     "routes": [{"dst": "0.0.0.0/0"}]}},
                  {"type": "portmap", "capabilities": {"portMappings": true}}]}
                """
                        .formatted(version, directory.resolve("ipam")));
    }
}
