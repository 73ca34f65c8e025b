package dev.gantry.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {
    @TempDir Path dir;

    private CommandLine.Request parse(String... arguments) {
        return CommandLine.parse(List.of(arguments), "1.2.3", dir.resolve("absent.toml"));
    }

    private Settings run(String... arguments) {
        return ((CommandLine.Request.Run) parse(arguments)).settings();
    }

    @Test
    void optionsStandAboveTheFile() throws IOException {
        Path file =
                Files.writeString(
                        dir.resolve("g.toml"),
                        """
                        root = "/file/root"
                        netns-dir = "/file/netns"
                        [metrics]
                        address = "127.0.0.1:1"
                        """);
        Settings s =
                run(
                        "--root=/cli/root",
                        "--config",
                        file.toString(),
                        "--state",
                        "/cli/state",
                        "--cni-conf-dir",
                        "/cli/conf",
                        "--cni-bin-dir",
                        "/cli/bin1",
                        "--cni-bin-dir",
                        "/cli/bin2",
                        "--certs-dir",
                        "relative",
                        "--metrics-address",
                        "127.0.0.1:2");
        assertThat(s.root()).isEqualTo(Path.of("/cli/root"));
        assertThat(s.netnsDir()).isEqualTo(Path.of("/file/netns"));
        assertThat(s.socket()).isEqualTo(Path.of("/cli/state/gantry.sock"));
        assertThat(s.cni().confDir()).isEqualTo(Path.of("/cli/conf"));
        assertThat(s.cni().binDirs()).containsExactly(Path.of("/cli/bin1"), Path.of("/cli/bin2"));
        assertThat(s.registries().certsDir()).isEqualTo(Path.of("relative").toAbsolutePath());
        assertThat(s.metrics()).contains(InetSocketAddress.createUnresolved("127.0.0.1", 2));
        assertThat(run("--socket", "/s").socket()).isEqualTo(Path.of("/s"));
        assertThat(run("--metrics-address", "").metrics()).isEmpty();
    }

    @Test
    void theDefaultFileIsReadWhenItExists() throws IOException {
        Path file = Files.writeString(dir.resolve("default.toml"), "root = \"/from/default\"");
        CommandLine.Request.Run run =
                (CommandLine.Request.Run) CommandLine.parse(List.of(), "1.2.3", file);
        assertThat(run.settings().root()).isEqualTo(Path.of("/from/default"));
        assertThat(run.file()).contains(file);
    }

    @Test
    void helpNamesEveryOptionAndVersionTheVersion() {
        assertThat(parse("--version")).isEqualTo(new CommandLine.Request.Print("gantryd 1.2.3\n"));
        assertThat(((CommandLine.Request.Print) parse("--help")).text())
                .contains("--config", "--root", "--state", "--socket", "--cni-conf-dir")
                .contains("--cni-bin-dir", "--certs-dir", "--metrics-address", "--version")
                .contains("(\"/var/lib/gantry\")", "(gantry.sock in --state)", "(\"info\")");
        assertThat(((CommandLine.Request.Print) parse("--print-config")).text())
                .isEqualTo(ExampleFile.text());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    --rooot /x                | unknown option --rooot: did you mean --root?
                    serve                     | unknown option serve: gantryd --help lists the options
                    --root                    | --root needs a value; gantryd --help lists the options
                    --log-level loud          | --log-level "loud": expected one of "error", "warn", "info", "debug"
                    --metrics-address here    | --metrics-address "here": expected an address and a port
                    """)
    void refusesWhatItDoesNotKnow(String line, String refusal) {
        assertThatThrownBy(() -> parse(line.split(" ")))
                .isInstanceOf(Failure.class)
                .hasMessageStartingWith(refusal);
    }
}
