package dev.gantry.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.model.DnsConfig;
import dev.gantry.model.Failure;
import dev.gantry.model.PodNetwork;
import dev.gantry.model.PortMapping;
import dev.gantry.state.Database;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What plugins are told, in which order, and what becomes of what they answer. */
class ScriptedNetworkTest {
    private static final PodNetwork ADDRESSES =
            new PodNetwork(
                    List.of(InetAddress.ofLiteral("10.1.2.5"), InetAddress.ofLiteral("fd00::5")));

    @TempDir Path directory;
    private ScriptedPlugins plugins;
    private Database database;
    private Path netns;

    @BeforeEach
    void open() throws IOException {
        plugins = new ScriptedPlugins(directory);
        plugins.write("first", Map.of("ADD", ScriptedPlugins.RESULT));
        plugins.write("second", Map.of("ADD", ScriptedPlugins.RESULT));
        netns = Files.createFile(directory.resolve("netns"));
        database = Database.open(directory.resolve("gantry.db"), PodNetworks.migrations());
        conflist("1.0.0", "");
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void pluginsAreAddedInOrderAndDeletedInReverseOnceEach() throws IOException {
        PodNetworks networks = networks();

        assertThat(networks.attach(pod())).isEqualTo(ADDRESSES);
        assertThat(networks.find(Pods.id(1))).contains(ADDRESSES);
        networks.check(Pods.id(1));
        networks.detach(Pods.id(1), Optional.of(netns));
        networks.detach(Pods.id(1), Optional.of(netns));

        assertThat(plugins.calls())
                .containsExactly(
                        "ADD first",
                        "ADD second",
                        "CHECK first",
                        "CHECK second",
                        "DEL second",
                        "DEL first");
        assertThat(networks.recorded()).isEmpty();
        assertThat(networks.find(Pods.id(1))).isEmpty();
    }

    @Test
    void aPluginIsToldThePodItsCapabilitiesAndThePreviousResult() throws IOException {
        conflist("0.4.0", "");
        Attachment pod =
                new Attachment(
                        Pods.id(1),
                        "web",
                        "shop",
                        "u-1",
                        netns,
                        List.of(
                                new PortMapping(PortMapping.Protocol.TCP, 80, 8080, ""),
                                new PortMapping(PortMapping.Protocol.UDP, 53, 0, ""),
                                new PortMapping(PortMapping.Protocol.UDP, 53, 5353, "127.0.0.1")),
                        Optional.of(new Bandwidth(1_000, 0, 2_000, 3_000)),
                        new DnsConfig(List.of("10.0.0.10"), List.of("a.b"), List.of("ndots:5")),
                        Map.of("k", "v"));

        networks().attach(pod);

        ObjectNode first = Json.object(plugins.input("first", "ADD"));
        assertThat(first.has("runtimeConfig")).as("declares nothing").isFalse();
        assertThat(first.has("prevResult")).isFalse();
        ObjectNode second = Json.object(plugins.input("second", "ADD"));
        assertThat(second.path("name").asText()).isEqualTo("net");
        assertThat(second.path("cniVersion").asText()).isEqualTo("0.4.0");
        assertThat(second.path("own").asText()).as("its own fields pass").isEqualTo("field");
        assertThat(second.path("prevResult").path("dns").path("custom").asText()).isEqualTo("kept");
        assertThat(second.path("prevResult").path("ips").path(0).path("version").asText())
                .isEqualTo("4");
        assertThat(second.path("runtimeConfig"))
                .isEqualTo(
                        Json.object(
                                """
                                {"portMappings":[
                                  {"hostPort":8080,"containerPort":80,"protocol":"tcp"},
                                  {"hostPort":5353,"containerPort":53,"protocol":"udp",
                                   "hostIP":"127.0.0.1"}],
                                 "bandwidth":{"ingressRate":1000,"ingressBurst":2147483647,
                                  "egressRate":2000,"egressBurst":3000},
                                 "dns":{"servers":["10.0.0.10"],"searches":["a.b"],
                                  "options":["ndots:5"]}}"""));
        assertThat(plugins.environment("second", "ADD"))
                .containsExactlyInAnyOrder(
                        "CNI_COMMAND=ADD",
                        "CNI_CONTAINERID=" + Pods.id(1),
                        "CNI_NETNS=" + netns,
                        "CNI_IFNAME=eth0",
                        "CNI_PATH=" + plugins.bin,
                        "CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web;"
                                + "K8S_POD_INFRA_CONTAINER_ID="
                                + Pods.id(1)
                                + ";K8S_POD_UID=u-1");
    }

    @Test
    void deletingNeedsNeitherTheFileNorTheNamespaceNorTheProcessThatAdded() throws IOException {
        networks().attach(pod());
        database.close();
        Files.delete(directory.resolve("net.d/10-net.conflist"));
        Files.delete(netns);
        database = Database.open(directory.resolve("gantry.db"), PodNetworks.migrations());
        PodNetworks restarted = networks();

        assertThat(restarted.recorded()).containsExactly(Pods.id(1));
        assertThat(restarted.find(Pods.id(1))).contains(ADDRESSES);
        restarted.detach(Pods.id(1), Optional.of(netns));

        assertThat(plugins.calls())
                .containsExactly("ADD first", "ADD second", "DEL second", "DEL first");
        ObjectNode last = Json.object(plugins.input("first", "DEL"));
        assertThat(last.path("prevResult").path("ips")).hasSize(3);
        assertThat(plugins.environment("first", "DEL"))
                .contains("CNI_NETNS=", "CNI_CONTAINERID=" + Pods.id(1));
    }

    @Test
    void beforeVersion040ThereIsNoCheckAndNoPreviousResultForDel() throws IOException {
        conflist("0.3.1", "");
        PodNetworks networks = networks();
        networks.attach(pod());
        networks.check(Pods.id(1));
        networks.detach(Pods.id(1), Optional.of(netns));

        assertThat(plugins.calls()).doesNotContain("CHECK first").contains("DEL first");
        assertThat(Json.object(plugins.input("first", "DEL")).has("prevResult")).isFalse();
    }

    @Test
    void aListMayDisableCheck() throws IOException {
        conflist("1.0.0", "\"disableCheck\": true,");
        networks().attach(pod());
        networks().check(Pods.id(1));

        assertThat(plugins.calls()).containsExactly("ADD first", "ADD second");
    }

    @Test
    void aSecondAttachKeepsWhatIsThereAndOneToANewNamespaceStartsAnew() throws IOException {
        PodNetworks networks = networks();
        networks.attach(pod());
        assertThat(networks.attach(pod())).isEqualTo(ADDRESSES);
        assertThat(plugins.calls()).containsExactly("ADD first", "ADD second");

        networks.attach(Pods.pod(1, Files.createFile(directory.resolve("other"))));
        assertThat(plugins.calls())
                .containsExactly(
                        "ADD first",
                        "ADD second",
                        "DEL second",
                        "DEL first",
                        "ADD first",
                        "ADD second");
    }

    @Test
    void statusAsksPluginsFromVersion110On() throws IOException {
        plugins.write(
                "second", Map.of("STATUS", "echo '{\"code\": 50, \"msg\": \"no route\"}'; exit 1"));
        assertThat(networks().status().ready()).as("1.0.0 has no STATUS").isTrue();
        assertThat(plugins.calls()).isEmpty();

        conflist("1.1.0", "");
        PodNetworks networks = networks();
        NetworkStatus status = networks.status();

        assertThat(status.ready()).isFalse();
        assertThat(status.message()).contains("plugin second", "no route", "CNI error 50");
        networks.status();
        assertThat(plugins.calls())
                .as("asked once")
                .containsExactly("STATUS first", "STATUS second");
    }

    @Test
    void statusNamesWhatIsMissing() throws IOException {
        Files.delete(plugins.bin.resolve("second"));
        assertThat(networks().status().message())
                .contains("10-net.conflist", plugins.bin.toString(), "second")
                .doesNotContain("first");

        Files.writeString(directory.resolve("net.d/00-bad.conflist"), "{");
        plugins.write("second", Map.of());
        NetworkStatus status = networks().status();
        assertThat(status.ready()).isTrue();
        assertThat(status.network()).contains("net");
        assertThat(status.problems()).singleElement().asString().contains("00-bad.conflist");

        Files.delete(directory.resolve("net.d/10-net.conflist"));
        assertThat(networks().status().message()).contains("00-bad.conflist");
    }

    @Test
    void aPodThatIsNotAttachedCannotBeChecked() {
        Failure failure = catchThrowableOfType(Failure.class, () -> networks().check(Pods.id(9)));
        assertThat(failure.code()).isEqualTo(Failure.Code.NOT_FOUND);
    }

    private PodNetworks networks() {
        return PodNetworks.open(
                new CniSettings(
                        directory.resolve("net.d"), List.of(plugins.bin), Duration.ofSeconds(30)),
                database);
    }

    private Attachment pod() {
        return Pods.pod(1, netns);
    }

    private void conflist(String version, String more) throws IOException {
        Files.createDirectories(directory.resolve("net.d"));
        Files.writeString(
                directory.resolve("net.d/10-net.conflist"),
                """
                {"cniVersion": "%s", "name": "net", %s "plugins": [
                  {"type": "first"},
                  {"type": "second", "own": "field", "capabilities":
                    {"portMappings": true, "bandwidth": true, "dns": true, "mac": true,
                     "io.kubernetes.cri.pod-annotations": false}}]}
                """
                        .formatted(version, more));
    }
}
