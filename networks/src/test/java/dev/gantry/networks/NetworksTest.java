package dev.gantry.networks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworksTest {
    @TempDir Path root;
    private final FakeNode node = new FakeNode();
    private final FakeUsers users = new FakeUsers();
    private Networks networks;

    @BeforeEach
    void open() {
        networks = reopened();
    }

    private Networks reopened() {
        Networks opened =
                new Networks(
                        new NetworkSettings(
                                root.resolve("networks"), List.of(Pool.parse("10.9.0.0/22:24"))),
                        node,
                        0);
        opened.serve(users);
        return opened;
    }

    @Test
    void theListIsAnOrdinaryOne() throws IOException {
        Network made =
                networks.create(
                        request(
                                "web",
                                List.of(
                                        new NetworkRequest.Pool(
                                                "10.1.2.0/24", "10.1.2.254", "10.1.2.128/25"),
                                        new NetworkRequest.Pool("fd01::/64", "", "")),
                                false,
                                Map.of("com.docker.network.driver.mtu", "1400")));

        JsonNode list = new ObjectMapper().readTree(Files.readAllBytes(made.file()));
        assertThat(made.file()).isEqualTo(root.resolve("networks/web.conflist"));
        assertThat(list.path("cniVersion").asText()).isEqualTo("1.0.0");
        assertThat(list.path("name").asText()).isEqualTo("web");
        JsonNode bridge = list.path("plugins").path(0);
        assertThat(bridge.path("type").asText()).isEqualTo("bridge");
        assertThat(bridge.path("bridge").asText()).isEqualTo("br-" + made.id().substring(0, 12));
        assertThat(bridge.path("ipMasq").asBoolean()).isTrue();
        assertThat(bridge.path("mtu").asInt()).isEqualTo(1400);
        JsonNode range = bridge.path("ipam").path("ranges").path(0).path(0);
        assertThat(range.path("gateway").asText()).isEqualTo("10.1.2.254");
        assertThat(range.path("rangeStart").asText()).isEqualTo("10.1.2.128");
        assertThat(range.path("rangeEnd").asText()).isEqualTo("10.1.2.254");
        assertThat(bridge.path("ipam").path("routes").size()).isEqualTo(2);
        assertThat(
                        list.path("plugins")
                                .path(1)
                                .path("capabilities")
                                .path("portMappings")
                                .asBoolean())
                .isTrue();
    }

    @Test
    void aNetworkIsTheSameAfterARestart() {
        Network made =
                networks.create(
                        new NetworkRequest(
                                "web",
                                "",
                                List.of(new NetworkRequest.Pool("10.1.2.0/24", "", "10.1.2.64/26")),
                                true,
                                true,
                                Map.of("tier", "front"),
                                Map.of("mtu", "1300")));

        assertThat(made(reopened())).containsExactly(made);
        assertThat(made.ipv6()).isTrue();
        assertThat(made.internal()).isTrue();
    }

    private static List<Network> made(Networks networks) {
        return networks.list().stream().filter(network -> !network.isDefault()).toList();
    }

    @Test
    void theDefaultNetworkIsShownAsItWillBeAndNotWritten() {
        Network shown = networks.find("bridge");

        assertThat(networks.list()).extracting(Network::name).containsExactly("bridge");
        assertThat(shown.file()).doesNotExist();
        Network made = networks.require("bridge");
        assertThat(made.file()).exists();
        assertThat(made.id()).isEqualTo(shown.id());
        assertThat(made.subnets()).isEqualTo(shown.subnets());
        assertThat(networks.list()).containsExactly(made);
    }

    @Test
    void aFileThatWasLeftHalfWrittenIsNoNetwork() throws IOException {
        Files.writeString(root.resolve("networks/web.new"), "{\"cniVer");

        assertThat(made(reopened())).isEmpty();
        assertThat(root.resolve("networks/web.new")).doesNotExist();
    }

    @Test
    void aFileThatCannotBeReadHidesNoOther() throws IOException {
        Files.writeString(root.resolve("networks/bad.conflist"), "{}");
        Network made = networks.create(NetworkRequest.named("web"));

        assertThat(made(networks)).containsExactly(made);
    }

    @Test
    void freeSubnetsAreThoseThatNobodyHas() {
        node.routes.add(new Surroundings.Route(Cidr.parse("10.9.0.128/25"), "eth0"));
        networks.create(request("a", pool("10.9.1.0/26"), false, Map.of()));

        assertThat(block(networks.create(NetworkRequest.named("b")))).isEqualTo("10.9.2.0/24");
        assertThat(block(networks.create(NetworkRequest.named("c")))).isEqualTo("10.9.3.0/24");
        assertThatThrownBy(() -> networks.create(NetworkRequest.named("d")))
                .hasMessageContaining(
                        "no free subnet is left in the address pools (10.9.0.0/22:24)");
        networks.remove("b");
        assertThat(block(networks.create(NetworkRequest.named("d")))).isEqualTo("10.9.2.0/24");
    }

    @Test
    void overlapsAreRefusedByWhatIsThere() {
        node.routes.add(new Surroundings.Route(Cidr.parse("192.0.2.0/24"), "eth0"));
        networks.create(request("a", pool("10.1.0.0/16"), false, Map.of()));

        assertThatThrownBy(
                        () -> networks.create(request("b", pool("10.1.2.0/24"), false, Map.of())))
                .hasMessageContaining("overlaps network a (10.1.0.0/16)");
        assertThatThrownBy(
                        () -> networks.create(request("b", pool("192.0.0.0/16"), false, Map.of())))
                .hasMessageContaining("overlaps this node's route 192.0.2.0/24 by eth0");
        assertThat(made(networks)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"host", "none", "default", "bridge", "", "a/b", "..", "-a", "a b", "é"})
    void namesThatMeanSomethingOrNothingAreRefused(String name) {
        assertThatThrownBy(() -> networks.create(NetworkRequest.named(name)))
                .isInstanceOf(Failure.class);
        assertThat(made(networks)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3/24,'',10.1.2.0/24?",
        "10.1.2.0/33,'',no length",
        "10.1.2.0,'',is not a subnet",
        "10.1.2.0/31,'',no room",
        "10.1.2.0/24,10.1.3.1,is not in subnet",
        "10.1.2.0/24,10.1.2.0,nobody can have",
        "10.1.2.0/24,10.1.2.255,nobody can have",
        "fd00::/65,'fd01::1',is not in subnet"
    })
    void subnetsThatAreNoneAreRefused(String subnet, String gateway, String why) {
        var asked = List.of(new NetworkRequest.Pool(subnet, gateway, ""));

        assertThatThrownBy(() -> networks.create(request("a", asked, false, Map.of())))
                .isInstanceOf(Failure.class)
                .hasMessageContaining(why);
    }

    @Test
    void optionsAreHeededOrRefused() {
        assertThatThrownBy(
                        () -> networks.create(request("a", List.of(), false, Map.of("icc", "no"))))
                .hasMessageContaining("option \"icc\" is not known");
        node.interfaces.add("br7");
        Map<String, String> bridge = Map.of("com.docker.network.bridge.name", "br7");
        assertThatThrownBy(() -> networks.create(request("a", List.of(), false, bridge)))
                .hasMessageContaining("interface br7 already");
        Map<String, String> long16 = Map.of("com.docker.network.bridge.name", "abcdefghijklmnop");
        assertThatThrownBy(() -> networks.create(request("a", List.of(), false, long16)))
                .hasMessageContaining("not a bridge's name");
        assertThatThrownBy(
                        () ->
                                new NetworkRequest(
                                        "a", "macvlan", List.of(), false, false, Map.of(),
                                        Map.of()))
                .hasMessageContaining("driver \"macvlan\" is not known");
    }

    @Test
    void theDefaultNetworkIsMadeWhenItIsJoined() {
        node.interfaces.add("gantry0");

        assertThat(networks.join("bridge", () -> "joined")).isEqualTo("joined");

        Network made = networks.find("bridge");
        assertThat(made.bridge()).isEqualTo("gantry1");
        assertThat(networks.require("bridge")).isEqualTo(made);
        assertThat(networks.resolver(made).isEmpty()).isTrue();
        assertThatThrownBy(() -> networks.remove("bridge"))
                .hasMessageContaining("cannot be removed");
        assertThat(networks.prune(network -> true)).isEmpty();
    }

    @Test
    void withdrawnNetworksAreKept() {
        networks.join("bridge", () -> "joined");
        Network idle = networks.create(NetworkRequest.named("idle"));
        Network web = networks.create(NetworkRequest.named("web"));
        users.add("web", "aa", List.of("shop"), "10.9.0.2");

        networks.withdraw();

        assertThat(node.removed).contains("gantry0", idle.bridge()).doesNotContain(web.bridge());
        assertThat(networks.list()).extracting(Network::name).contains("bridge", "idle", "web");
    }

    @Test
    void aNetworkInUseStays() {
        networks.create(NetworkRequest.named("web"));
        networks.create(NetworkRequest.named("idle"));
        networks.create(NetworkRequest.named("later"));
        users.users.put("later", List.of("stopped"));
        users.add("web", "aa", List.of("shop"), "10.9.0.2");

        assertThatThrownBy(() -> networks.remove("web"))
                .hasMessageContaining("network web is in use by shop");
        assertThat(networks.prune(network -> true)).containsExactly("idle");

        users.members.clear();
        Network web = networks.find("web");
        assertThat(networks.remove(web.id().substring(0, 10))).isEqualTo("web");
        assertThat(node.removed).contains(web.bridge());
        assertThat(web.file()).doesNotExist();
        assertThat(networks.remove("later")).isEqualTo("later");
    }

    @Test
    void whoIsJoiningKeepsTheNetwork() {
        networks.create(NetworkRequest.named("web"));

        assertThatThrownBy(() -> networks.join("web", () -> networks.remove("web")))
                .hasMessageContaining("a container that is being started");
        assertThat(networks.remove("web")).isEqualTo("web");
        assertThatThrownBy(() -> networks.join("web", () -> "joined"))
                .hasMessageContaining("network web not found");
    }

    private static NetworkRequest request(
            String name,
            List<NetworkRequest.Pool> pools,
            boolean internal,
            Map<String, String> options) {
        return new NetworkRequest(name, "bridge", pools, false, internal, Map.of(), options);
    }

    private static List<NetworkRequest.Pool> pool(String subnet) {
        return List.of(new NetworkRequest.Pool(subnet, "", ""));
    }

    private static String block(Network network) {
        return network.subnets().getFirst().block().toString();
    }
}
