package dev.gantry.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.engine.DurableLayers;
import dev.gantry.imagestore.ProjectRange;
import dev.gantry.imagestore.PullSettings;
import dev.gantry.imagestore.RegistryAccess;
import dev.gantry.imagestore.WritableQuota;
import dev.gantry.imagestore.WritableSettings;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsFileTest {
    @TempDir Path dir;

    private Settings load(String toml) throws IOException {
        Path file = Files.writeString(dir.resolve("gantryd.toml"), toml);
        return Settings.of(SettingsFile.read(file));
    }

    @Test
    void pullsAreThoseOfTheImageStoreByDefault() throws IOException {
        PullSettings standard = PullSettings.DEFAULT;
        assertThat(load("").pulls()).isEqualTo(standard.withParallel(standard.downloads(), 4));
        RegistryAccess access = RegistryAccess.of(load("").registries().certsDir());
        assertThat(load("").registries()).isEqualTo(access);
    }

    @Test
    void anEmptyFileGivesTheDefaults() throws IOException {
        Settings settings = load("");
        assertThat(settings.root()).isEqualTo(Path.of("/var/lib/gantry"));
        assertThat(settings.socket()).isEqualTo(Path.of("/run/gantry/gantry.sock"));
        assertThat(settings.netnsPrefix()).isEqualTo("gantry-");
        assertThat(settings.defaultCgroupParent()).isEqualTo("/gantry");
        assertThat(settings.handlers())
                .containsOnlyKeys("native", "runc")
                .containsEntry(
                        "runc",
                        new Settings.Handler(
                                Settings.HandlerKind.OCI,
                                "runc",
                                Path.of("/run/gantry/runc"),
                                false));
        assertThat(settings.metricsGiven()).isFalse();
        assertThat(settings.maxMessage()).isEqualTo(16 << 20);
    }

    @Test
    void readsEveryKey() throws IOException {
        Settings s =
                load(
                        """
                        root = "/a/root"
                        state = "/a/state"
                        socket = "/a/s.sock"
                        netns-dir = "/a/netns"
                        [cni]
                        conf-dir = "/a/net.d"
                        bin-dirs = ["/a/bin", "/b/bin"]
                        deadline = "500ms"
                        [registry]
                        certs-dir = "/a/certs"
                        connect-timeout = "3s"
                        read-timeout = "2m"
                        [pull]
                        concurrent-downloads = 7
                        concurrent-unpacks = 2
                        connections-per-blob = 5
                        segment-size = "8MiB"
                        attempts = 3
                        patience = "5m"
                        longest-wait = "10s"
                        least-rate = "0B"
                        keep-partial = "2h"
                        [images]
                        writable-quota = "10GiB"
                        writable-quota-ids = "7-9"
                        durable-writable-layers = "all"
                        [metrics]
                        address = "[::1]:99"
                        [grpc]
                        max-message = "32MiB"
                        [log]
                        level = "debug"
                        format = "json"
                        [runtime]
                        default-handler = "crun"
                        shim = "/a/shim"
                        cgroup-driver = "cgroupfs"
                        [handlers.crun]
                        binary = "/usr/bin/crun"
                        root = "/a/crun"
                        [handlers.fast]
                        kind = "native"
                        [handlers.runsc]
                        """);
        assertThat(s.root()).isEqualTo(Path.of("/a/root"));
        assertThat(s.socket()).isEqualTo(Path.of("/a/s.sock"));
        assertThat(s.netnsDir()).isEqualTo(Path.of("/a/netns"));
        assertThat(s.cni())
                .isEqualTo(
                        new Settings.Cni(
                                Path.of("/a/net.d"),
                                List.of(Path.of("/a/bin"), Path.of("/b/bin")),
                                Duration.ofMillis(500)));
        assertThat(s.registries().certsDir()).isEqualTo(Path.of("/a/certs"));
        assertThat(s.registries().connectTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(s.registries().readTimeout()).isEqualTo(Duration.ofMinutes(2));
        assertThat(s.pulls())
                .isEqualTo(
                        new PullSettings(
                                7,
                                2,
                                8 << 20,
                                5,
                                3,
                                PullSettings.DEFAULT.firstDelay(),
                                Duration.ofSeconds(10),
                                Duration.ofMinutes(5),
                                0,
                                Duration.ofHours(2)));
        assertThat(s.storage().writable())
                .isEqualTo(
                        new WritableSettings(
                                new WritableQuota.Bytes(10L << 30), new ProjectRange(7, 9)));
        assertThat(s.containers().durable()).isEqualTo(DurableLayers.ALL);
        assertThat(s.metrics()).contains(InetSocketAddress.createUnresolved("[::1]", 99));
        assertThat(s.metricsGiven()).isTrue();
        assertThat(s.maxMessage()).isEqualTo(32 << 20);
        assertThat(s.logLevel()).isEqualTo(Settings.LogLevel.DEBUG);
        assertThat(s.logFormat()).isEqualTo(Settings.LogFormat.JSON);
        assertThat(s.shim()).contains(Path.of("/a/shim"));
        assertThat(s.defaultHandler()).isEqualTo("crun");
        assertThat(s.handlers()).containsOnlyKeys("crun", "fast", "native", "runc", "runsc");
        assertThat(s.handlers().get("crun"))
                .isEqualTo(
                        new Settings.Handler(
                                Settings.HandlerKind.OCI,
                                "/usr/bin/crun",
                                Path.of("/a/crun"),
                                true));
        assertThat(s.handlers().get("runsc"))
                .isEqualTo(
                        new Settings.Handler(
                                Settings.HandlerKind.OCI,
                                "runsc",
                                Path.of("/a/state/runsc"),
                                true));
    }

    @Test
    void daemonsWithTheirOwnStateHaveNamesOfTheirOwn() throws IOException {
        Settings one = load("state = \"/tmp/one\"");
        Settings two = load("state = \"/tmp/two\"");
        assertThat(one.netnsPrefix()).matches("gantry-[0-9a-f]{8}-");
        assertThat(one.netnsPrefix()).isNotEqualTo(two.netnsPrefix());
        assertThat(one.defaultCgroupParent()).isNotEqualTo(two.defaultCgroupParent());
        assertThat(one.netnsPrefix()).isEqualTo(load("state = \"/tmp/one/\"").netnsPrefix());
    }

    /** What an operator may get wrong; each is refused with the line and what was meant. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    rot = "/x"                       | 1:1: unknown key rot: did you mean root?
                    netns_dir = "/x"                 | 1:1: unknown key netns_dir: did you mean netns-dir?
                    conf-dir = "/x"                  | 1:1: unknown key conf-dir: did you mean cni.conf-dir?
                    banana = 1                       | 1:1: unknown key banana: gantryd --print-config lists every key
                    root = 3                         | 1:1: root is 3: expected an absolute path
                    root = "var/lib"                 | 1:1: root is "var/lib": expected an absolute path
                    socket = false                   | 1:1: socket is false: expected an absolute path or ""
                    [cny]                            | 1:1: unknown table [cny]: did you mean [cni]?
                    cni = "x"                        | 1:1: cni is a table: write [cni] and its keys below
                    root.x = 1                       | 1:1: root is a key with a value, not a table
                    ~[cni]~bin-dir = ["/x"]          | 3:1: unknown key cni.bin-dir: did you mean cni.bin-dirs?
                    [cni]~bin-dirs = "/x"            | 2:1: cni.bin-dirs is "/x": expected a list of absolute paths
                    [cni]~bin-dirs = []              | 2:1: cni.bin-dirs is []: expected a list of absolute paths
                    [cni]~bin-dirs = ["x"]           | 2:1: cni.bin-dirs is [x]: expected a list of absolute paths
                    [cni]~bin-dirs = [1]             | 2:1: cni.bin-dirs is [1]: expected a list of absolute paths
                    [cni]~deadline = 10              | 2:1: cni.deadline is 10: expected a duration such as "500ms"
                    [cni]~deadline = "0s"            | 2:1: cni.deadline is "0s": expected a duration
                    [cni]~deadline = "10 parsecs"    | 2:1: cni.deadline is "10 parsecs": expected a duration
                    [pull]~concurrent-downloads = 0  | 2:1: pull.concurrent-downloads is 0: expected a whole number from 1 to 64
                    [pull]~concurrent-unpacks = "4"  | 2:1: pull.concurrent-unpacks is "4": expected a whole number
                    [pull]~connections-per-blob = 17 | 2:1: pull.connections-per-blob is 17: expected a whole number from 1 to 16
                    [pull]~segment-size = "64KiB"    | 2:1: pull.segment-size is "64KiB": expected a size between 1MiB and 1GiB
                    [pull]~attempts = 0              | 2:1: pull.attempts is 0: expected a whole number from 1 to 100
                    [pull]~patience = "0s"           | 2:1: pull.patience is "0s": expected a duration
                    [pull]~least-rate = "-1B"        | 2:1: pull.least-rate is "-1B": expected a size between 0B and 1GiB
                    [pull]~keep-partial = "1d"       | 2:1: pull.keep-partial is "1d": expected a duration
                    [pull]~segments = "16MiB"        | 2:1: unknown key pull.segments
                    [registry]~concurrent-downloads = 4    | 2:1: unknown key registry.concurrent-downloads: did you mean pull.concurrent-downloads?
                    [registry]~read-timeout = 60     | 2:1: registry.read-timeout is 60: expected a duration
                    [metrics]~address = ":80"        | 2:1: metrics.address is ":80": expected an address and a port
                    [metrics]~address = "1.2.3.4:70000"    | 2:1: metrics.address is "1.2.3.4:70000": expected an address and a port
                    [grpc]~max-message = "1KiB"      | 2:1: grpc.max-message is "1KiB": expected a size between 4MiB and 256MiB
                    [images]~writable-quota = "10GB"     | 2:1: images.writable-quota is "10GB": expected a size of 1MiB at least
                    [images]~writable-quota = "1000"     | 2:1: images.writable-quota is "1000": expected a size of 1MiB at least
                    [images]~writable-quota-ids = "9-7"  | 2:1: images.writable-quota-ids is "9-7": expected two numbers
                    [images]~durable-writable-layers = "cri"     | 2:1: images.durable-writable-layers is "cri": expected one of "local", "all", "none"
                    [grpc]~max-message = "16MB"      | 2:1: grpc.max-message is "16MB": expected a size
                    [log]~level = "loud"             | 2:1: log.level is "loud": expected one of "error", "warn", "info", "debug"
                    [log]~format = "xml"             | 2:1: log.format is "xml": expected one of "logfmt", "json"
                    [runtime]~cgroup-driver = "docker"     | 2:1: runtime.cgroup-driver is "docker": expected one of "cgroupfs", "systemd"
                    [runtime]~default-handler = "Run C"    | 2:1: runtime.default-handler is "Run C": expected a name of lower-case letters
                    [handlers.kata]~kind = "vm"      | 2:1: handlers.kata.kind is "vm": expected one of "native", "oci"
                    [handlers.kata]~binery = "x"     | 2:1: unknown key handlers.kata.binery: did you mean handlers.kata.binary?
                    [handlers.kata]~binary = "./x"   | 2:1: handlers.kata.binary is "./x": expected a program's name
                    root = "/x"~root = "/y"          | 2:1: root previously defined
                    root = "/x                       | 1:
                    """)
    void refusesWhatIsWrongWithItsLine(String toml, String refusal) {
        assertThatThrownBy(() -> load(toml.replace('~', '\n')))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isEqualTo(Failure.Code.INVALID_ARGUMENT))
                .hasMessageStartingWith(dir.resolve("gantryd.toml") + ":" + refusal);
    }

    @Test
    void refusesAllThatIsWrongAtOnce() {
        assertThatThrownBy(() -> load("rot = 1\nsocket = 2\n"))
                .hasMessageContaining(":1:1: unknown key rot")
                .hasMessageContaining(":2:1: socket is 2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    root = "/x"~state = "/x"               | root and state are both /x: they must differ
                    [runtime]~default-handler = "kata"     | runtime.default-handler "kata" is not a configured handler: one of [native, runc]
                    [handlers.native]                      | [handlers.native]: the name is gantry's own launcher; choose another
                    """)
    void refusesWhatDoesNotFitTogether(String toml, String refusal) {
        assertThatThrownBy(() -> load(toml.replace('~', '\n')))
                .isInstanceOf(Failure.class)
                .hasMessage(refusal);
    }

    @Test
    void refusesASocketThatTheKernelHasNoRoomFor() {
        assertThatThrownBy(() -> load("state = \"/" + "x".repeat(100) + "\""))
                .isInstanceOf(Failure.class)
                .hasMessageContaining(
                        "its path has 113 bytes, and the kernel takes no more than 106")
                .hasMessageContaining("--socket");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> SettingsFile.read(dir.resolve("none.toml")))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("none.toml");
    }
}
