package dev.gantry.networks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class IsolationRulesTest {
    private static final List<String> LISTED =
            List.of(
                    "-N CNI-ISOLATION-STAGE-1",
                    "-A CNI-ISOLATION-STAGE-1 -i br-1 ! -o br-1 -m comment --comment \"CNI firewall plugin rules (ingressPolicy: same-bridge)\" -j CNI-ISOLATION-STAGE-2",
                    "-A CNI-ISOLATION-STAGE-1 -i br-12 ! -o br-12 -j CNI-ISOLATION-STAGE-2",
                    "-A CNI-ISOLATION-STAGE-1 -m comment --comment \"-i br-1\" -j RETURN",
                    "-A CNI-ISOLATION-STAGE-2 -o br-1 -m comment --comment \"say \\\"no\\\"\" -j DROP");

    @Test
    void areThoseThatNameTheBridge() {
        assertThat(IsolationRules.of("br-1", LISTED))
                .satisfiesExactly(
                        first ->
                                assertThat(first)
                                        .startsWith("-A", "CNI-ISOLATION-STAGE-1", "-i", "br-1")
                                        .contains(
                                                "CNI firewall plugin rules (ingressPolicy: same-bridge)"),
                        second -> assertThat(second).contains("say \"no\"").endsWith("DROP"));
    }

    @Test
    void areNoneOfABridgeThatNoRuleNames() {
        assertThat(IsolationRules.of("br-3", LISTED)).isEmpty();
    }
}
