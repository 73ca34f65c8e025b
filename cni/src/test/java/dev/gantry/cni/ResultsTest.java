package dev.gantry.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.model.Failure;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class ResultsTest {
    @Test
    void onlyThePodsInterfaceCountsAndIpv4ComesFirst() {
        ObjectNode result =
                Json.object(
                        """
                        {"cniVersion": "1.0.0",
                         "interfaces": [{"name": "eth0"}, {"name": "eth0", "sandbox": "/n"},
                                        {"name": "net1", "sandbox": "/n"}],
                         "ips": [{"interface": 1, "address": "fd00::2/64", "gateway": "fd00::1"},
                                 {"interface": 0, "address": "10.0.0.1/24", "gateway": "10.0.0.9"},
                                 {"interface": 2, "address": "10.9.0.2/24"},
                                 {"interface": 1, "address": "10.0.0.3/24", "gateway": "10.0.0.1"},
                                 {"interface": 7, "address": "10.9.9.9/24"},
                                 {"address": "10.0.0.2/24", "gateway": "10.0.0.1"}]}
                        """);

        assertThat(Results.network(result, "eth0").addresses())
                .containsExactly(
                        InetAddress.ofLiteral("10.0.0.3"),
                        InetAddress.ofLiteral("10.0.0.2"),
                        InetAddress.ofLiteral("fd00::2"));
        assertThat(Results.network(result, "eth0").gateways())
                .containsExactly(
                        InetAddress.ofLiteral("10.0.0.1"), InetAddress.ofLiteral("fd00::1"));
    }

    @Test
    void anAddressSaysItsFamilyBeforeVersionOne() {
        ObjectNode newer =
                Json.object(
                        """
                        {"cniVersion":"1.0.0","ips":[{"address":"10.0.0.3/24","gateway":"10.0.0.1"},
                        {"address":"fd00::2/64"}],"dns":{"x":1}}""");

        ObjectNode older = Results.as(CniVersion.V0_3_1, newer);

        assertThat(older)
                .isEqualTo(
                        Json.object(
                                """
                                {"cniVersion":"0.3.1","ips":[{"address":"10.0.0.3/24",
                                "gateway":"10.0.0.1","version":"4"},
                                {"address":"fd00::2/64","version":"6"}],"dns":{"x":1}}"""));
        assertThat(Results.as(CniVersion.V1_0_0, older)).isEqualTo(newer);
    }

    @Test
    void whatIsNoAddressOrNoVersionIsSaid() {
        assertThatThrownBy(
                        () ->
                                Results.as(
                                        CniVersion.V0_4_0,
                                        Json.object("{\"ips\":[{\"address\":\"example.com\"}]}")))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("\"example.com\" is not an IP address");
        assertThatThrownBy(
                        () ->
                                Results.as(
                                        CniVersion.V0_4_0,
                                        Json.object("{\"cniVersion\":\"0.2.0\"}")))
                .hasMessageContaining("0.2.0");
    }
}
