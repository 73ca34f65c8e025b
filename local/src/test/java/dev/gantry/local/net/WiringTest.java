package dev.gantry.local.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.engine.config.NamespaceOptions;
import dev.gantry.engine.config.NetworkChoice;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.engine.config.PodName;
import dev.gantry.model.DnsConfig;
import dev.gantry.networks.Network;
import dev.gantry.networks.NetworkRequest;
import dev.gantry.networks.NetworkSettings;
import dev.gantry.networks.Networks;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WiringTest {
    private static final PodConfig ASKED =
            PodConfig.named(new PodName("x", "x", "x", 0), NamespaceOptions.DEFAULT);

    @TempDir private Path temp;
    private Networks networks;

    @BeforeEach
    void open() {
        networks = Networks.open(NetworkSettings.below(temp));
    }

    @AfterEach
    void close() {
        networks.close();
    }

    private static NetworkChoice choice(String name, String... aliases) {
        return new NetworkChoice(name, List.of(aliases), "");
    }

    @Test
    void withoutANameItIsTheDefaultOneWhichHasNoAliases() {
        PodConfig wired = Wiring.wired(ASKED, networks);
        assertThat(wired.network().name()).isEqualTo("bridge");
        assertThat(wired.dns()).isEqualTo(DnsConfig.EMPTY);
        assertThatThrownBy(() -> Wiring.wired(ASKED.withNetwork(choice("bridge", "a")), networks))
                .hasMessageContaining("user-defined");
    }

    @Test
    void noneStaysNone() {
        PodConfig none = ASKED.withNetwork(NetworkChoice.NONE);
        assertThat(Wiring.wired(none, networks)).isEqualTo(none);
    }

    @Test
    void anIdBecomesANameWithTheNetworksOwnServer() throws Exception {
        Network web = networks.create(NetworkRequest.named("web"));
        DnsConfig asked = new DnsConfig(List.of("192.0.2.7"), List.of("example.org"), List.of());
        PodConfig wired =
                Wiring.wired(
                        ASKED.withDns(asked).withNetwork(choice(web.id().substring(0, 12), "a")),
                        networks);
        assertThat(wired.network()).isEqualTo(choice("web", "a"));
        assertThat(wired.dns().servers())
                .containsExactly(web.gateways().getFirst().getHostAddress());
        assertThat(wired.dns().searches()).containsExactly("example.org");
        assertThat(Wiring.resolvers(wired)).containsExactly(InetAddress.ofLiteral("192.0.2.7"));
        assertThatThrownBy(() -> Wiring.wired(ASKED.withNetwork(choice("nope")), networks))
                .hasMessageContaining("not found");
    }
}
