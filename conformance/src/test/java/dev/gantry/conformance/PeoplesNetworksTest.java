package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Networks and volumes of people's containers, by the real command. */
@Tag("root")
@Tag("go")
class PeoplesNetworksTest extends WithDaemon {
    private static final String IMAGE = Configs.BUSYBOX;

    @BeforeEach
    void pull() {
        present(IMAGE);
    }

    @AfterEach
    void clear() {
        gantry.run("rm", "-f", "one", "two", "three");
        gantry.run("network", "rm", "web");
        gantry.run("volume", "rm", "data");
    }

    private static void sleeper(String name, String... options) {
        List<String> command = new ArrayList<>(List.of("run", "-d", "--name", name));
        command.addAll(List.of(options));
        command.addAll(List.of(IMAGE, "sleep", "1000"));
        gantry.done(command.toArray(String[]::new));
    }

    /** The network namespace that a container runs in, as the kernel counts them. */
    private static long namespace(String container) throws IOException {
        String pid = gantry.done("inspect", "-f", "{{.State.Pid}}", container);
        return number(Path.of("/proc", pid, "ns/net"));
    }

    private static long number(Path namespace) throws IOException {
        return (long) Files.getAttribute(namespace, "unix:ino");
    }

    private static List<Long> pinned() throws IOException {
        List<Long> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("/run/netns"))) {
            for (Path file : files.toList()) {
                if (Files.exists(file)) {
                    all.add(number(file));
                }
            }
        }
        return all;
    }

    /** The host's bridges, and the files of people's networks. */
    private static List<String> held() throws IOException {
        List<String> all = new ArrayList<>();
        List<String> links = host.inside("ip", "-o", "link", "show", "type", "bridge");
        Command.run(links)
                .orFail()
                .stdout()
                .lines()
                .map(line -> line.split(": ", 3)[1])
                .forEach(all::add);
        try (Stream<Path> files = Files.walk(daemon.folder().resolve("root"))) {
            files.map(Path::toString).filter(p -> p.endsWith(".conflist")).forEach(all::add);
        }
        return all.stream().sorted().toList();
    }

    @Test
    void findEachOtherByNameAndLeaveNothing() throws Exception {
        List<String> before = held();
        gantry.done("network", "create", "web");
        sleeper("one", "--network", "web", "--network-alias", "first");
        sleeper("two", "--network", "web");
        assertThat(held()).hasSize(before.size() + 2);
        long one = namespace("one");
        long two = namespace("two");
        assertThat(pinned()).contains(one, two);
        assertThat(gantry.done("exec", "two", "ping", "-c1", "-W5", "one"))
                .contains(" 0% packet loss");
        gantry.done("exec", "one", "nslookup", "two");

        daemon.kill();
        daemon.start();
        assertThat(gantry.done("exec", "two", "ping", "-c1", "-W5", "first"))
                .contains(" 0% packet loss");
        Command.Result refused = gantry.run("network", "rm", "web");
        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.stderr()).contains("in use by", "one", "two");

        gantry.done("rm", "-f", "one", "two");
        gantry.done("network", "rm", "web");
        assertThat(held()).isEqualTo(before);
        assertThat(pinned()).doesNotContain(one, two);
    }

    @Test
    void oneThatNamesNoNetworkIsOnTheDefaultOne() {
        sleeper("one");
        assertThat(gantry.done("network", "inspect", "bridge")).contains("\"one\"");
        assertThat(gantry.done("network", "ls")).contains("bridge", "host", "none");
        Command.Result refused = gantry.run("network", "rm", "bridge");
        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.stderr()).contains("always there");
    }

    @Test
    void aVolumeKeepsItsDataOverContainers() {
        gantry.done("volume", "create", "data");
        gantry.done("run", "--rm", "-v", "data:/data", IMAGE, "sh", "-c", "echo kept > /data/file");
        sleeper("three", "-v", "data:/data");
        assertThat(gantry.done("exec", "three", "cat", "/data/file")).isEqualTo("kept");
        Command.Result refused = gantry.run("volume", "rm", "data");
        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.stderr()).contains("in use by three");
        gantry.done("rm", "-f", "three");
        gantry.done("volume", "rm", "data");
        assertThat(gantry.done("volume", "ls", "-q")).isEmpty();
    }
}
