package dev.gantry.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.cli.args.UsageError;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PortsTest {
    @ParameterizedTest
    @CsvSource({
        "80, TCP -:0>80",
        "8080:80, TCP -:8080>80",
        "53:53/udp, UDP -:53>53",
        "127.0.0.1:8080:80, TCP 127.0.0.1:8080>80",
        "127.0.0.1::80, TCP 127.0.0.1:0>80",
        "[::1]:8080:80/tcp, TCP ::1:8080>80",
        "8000-8002:80-82, TCP -:8000>80 TCP -:8001>81 TCP -:8002>82",
        "80-81, TCP -:0>80 TCP -:0>81"
    })
    void arePublished(String text, String mappings) {
        assertThat(
                        Ports.published(text).stream()
                                .map(
                                        each ->
                                                "%s %s:%d>%d"
                                                        .formatted(
                                                                each.getProtocol(),
                                                                each.getHostIp().isEmpty()
                                                                        ? "-"
                                                                        : each.getHostIp(),
                                                                each.getHostPort(),
                                                                each.getContainerPort()))
                                .collect(Collectors.joining(" ")))
                .isEqualTo(mappings);
    }

    @ParameterizedTest
    @CsvSource({
        "8080:, no container port",
        "8080:80/icmp, invalid protocol: icmp",
        "host:8080:80, invalid IP address: host",
        "::1:8080:80, an IPv6 address stands in brackets",
        "80-82:80-81, both ranges have to be of one length",
        "8000-8005:80, a free one of several host ports cannot be chosen",
        "70000:80, invalid host port: 70000",
        "8080:x, invalid container port: x"
    })
    void areRefused(String text, String why) {
        assertThatThrownBy(() -> Ports.published(text))
                .isInstanceOf(UsageError.class)
                .hasMessageStartingWith(
                        "invalid argument \"" + text + "\" for \"-p, --publish\" flag: ")
                .hasMessageContaining(why);
    }

    @Test
    void areExposedInRanges() {
        assertThat(Ports.exposed("53/udp")).containsExactly("53/udp");
        assertThat(Ports.exposed("80-81")).containsExactly("80/tcp", "81/tcp");
    }
}
