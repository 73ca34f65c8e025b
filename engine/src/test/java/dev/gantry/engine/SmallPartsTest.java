package dev.gantry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.cni.Bandwidth;
import dev.gantry.cni.NetworkStatus;
import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.NamespaceOptions;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.engine.config.PodExtras;
import dev.gantry.engine.config.PodSecurity;
import dev.gantry.model.DnsConfig;
import dev.gantry.model.Failure;
import dev.gantry.model.PodNetwork;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SmallPartsTest {
    @Test
    void statusNamesEachProblemOnce() {
        NetworkStatus status =
                new NetworkStatus(
                        false,
                        "plugin x fails; a.conflist: no json",
                        Optional.of("n"),
                        List.of("a.conflist: no json", "b.conflist: too large"));
        assertThat(CniNetworks.why(status))
                .isEqualTo(
                        "plugin x fails; a.conflist: no json; passed over: b.conflist: too large");
    }

    @Test
    void undoRunsLastFirstAndGoesOnAfterAFailure() {
        List<String> done = new ArrayList<>();
        Undo undo = new Undo();
        undo.push("first", () -> done.add("first"));
        undo.push(
                "second",
                () -> {
                    throw Failure.internal("cannot");
                });
        undo.push("third", () -> done.add("third"));
        Failure cause = Failure.internal("why");
        assertThat(undo.run(cause)).isFalse();
        assertThat(done).containsExactly("third", "first");
        assertThat(cause.getSuppressed()[0]).hasMessage("undo: second: cannot");
        assertThat(undo.run(cause)).isTrue();
    }

    @Test
    void flightsShareFailuresAndForgetThem() {
        Flights<String, String> flights = new Flights<>();
        assertThatThrownBy(
                        () ->
                                flights.join(
                                        "k",
                                        () -> {
                                            throw Failure.notFound("gone");
                                        }))
                .hasMessage("gone");
        assertThat(flights.join("k", () -> "again")).isEqualTo("again");
    }

    @Test
    void timesKeepNanoseconds() {
        Instant instant = Instant.parse("2026-01-02T03:04:05.123456789Z");
        assertThat(Times.instant(Times.nanos(instant))).isEqualTo(instant);
        assertThat(Times.optional(0)).isEmpty();
    }

    @Test
    void configurationsSurviveJson() {
        PodConfig pod = House.pod("p").withLabels(Map.of("a", "b"));
        assertThat(Json.read(Json.write(pod), PodConfig.class)).isEqualTo(pod);
        ContainerConfig container = ContainerConfig.named("c", "i", "/x", "y");
        assertThat(Json.read(Json.write(container), ContainerConfig.class)).isEqualTo(container);
    }

    @Test
    void jsonOfOtherVersionsIsRead() {
        String newer = Json.write(House.pod("p")).replaceFirst("\\{", "{\"future\":1,");
        assertThat(Json.read(newer, PodConfig.class)).isEqualTo(House.pod("p"));
        String older =
                Json.write(House.pod("p"))
                        .replace("\"hostname\":\"\",", "")
                        .replace("\"labels\":{},", "");
        assertThat(Json.read(older, PodConfig.class)).isEqualTo(House.pod("p"));
    }

    @Test
    void resolvConf() {
        assertThat(
                        PodFiles.resolvConf(
                                new DnsConfig(
                                        List.of("10.0.0.10", "fd00::1"),
                                        List.of("a.svc", "svc"),
                                        List.of("ndots:5"))))
                .isEqualTo(
                        "search a.svc svc\nnameserver 10.0.0.10\nnameserver fd00::1\noptions ndots:5\n");
    }

    @Test
    void theHostIsWhereThePodReachesIt() {
        PodConfig pod =
                House.pod("p")
                        .withExtras(
                                new PodExtras(
                                        0,
                                        List.of(
                                                new PodExtras.Host("up", "host-gateway"),
                                                new PodExtras.Host("db", "10.1.0.9"))));
        List<InetAddress> own =
                List.of(InetAddress.ofLiteral("10.1.0.2"), InetAddress.ofLiteral("fd00::2"));
        List<InetAddress> gateways =
                List.of(InetAddress.ofLiteral("10.1.0.1"), InetAddress.ofLiteral("fd00::1"));
        assertThat(PodFiles.hosts(pod, "me", new PodNetwork(own, gateways)).lines())
                .containsSubsequence(
                        "10.1.0.1\tup",
                        "fd00:0:0:0:0:0:0:1\tup",
                        "10.1.0.9\tdb",
                        "10.1.0.2\tme",
                        "fd00:0:0:0:0:0:0:2\tme");
        assertThatThrownBy(() -> PodFiles.hosts(pod, "me", new PodNetwork(own)))
                .hasMessageContaining("host up", "no gateway");

        PodConfig nodes = pod.withSecurity(new PodSecurity(NamespaceOptions.HOST_NETWORK, false));
        assertThat(PodFiles.hosts(nodes, "me", PodNetwork.NONE).lines())
                .containsSubsequence("127.0.0.1\tup", "10.1.0.9\tdb");
    }

    @Test
    void bandwidthAnnotations() {
        assertThat(BandwidthAnnotations.of(Map.of())).isEmpty();
        assertThat(
                        BandwidthAnnotations.of(
                                Map.of(
                                        "kubernetes.io/ingress-bandwidth", "10M",
                                        "kubernetes.io/egress-bandwidth", "1.5Mi")))
                .contains(new Bandwidth(10_000_000, 0, 1_572_864, 0));
        for (String wrong : List.of("fast", "10m", "999", "2P", "1e3M")) {
            assertThatThrownBy(
                            () ->
                                    BandwidthAnnotations.of(
                                            Map.of("kubernetes.io/egress-bandwidth", wrong)))
                    .as(wrong)
                    .hasMessageContaining(wrong);
        }
    }

    @Test
    void treesAreRemovedWithoutFollowingLinks(@TempDir Path temp) throws Exception {
        Path outside = Files.createDirectories(temp.resolve("outside"));
        Files.writeString(outside.resolve("kept"), "x");
        Path tree = Files.createDirectories(temp.resolve("tree/deep"));
        Files.createSymbolicLink(tree.resolve("link"), outside);
        Trees.delete(temp.resolve("tree"));
        Trees.delete(temp.resolve("tree"));
        assertThat(temp.resolve("tree")).doesNotExist();
        assertThat(outside.resolve("kept")).exists();
    }
}
