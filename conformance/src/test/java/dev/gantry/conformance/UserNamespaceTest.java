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
import org.junit.jupiter.api.Timeout;

/** Pods with a user namespace of their own: network, host ports, terminals, and a killed daemon. */
@Tag("root")
@Tag("go")
@Timeout(600)
class UserNamespaceTest {
    private static final int FIRST = 327680;
    private static final int LENGTH = 65536;
    private static final int KILLS = 12;
    private static final int STEP_MILLIS = 40;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private TestHost host;
    private Daemon daemon;
    private Configs configs;
    private final String parent = "/gt-mapped-" + ProcessHandle.current().pid();

    @BeforeEach
    void start() throws Exception {
        host = TestHost.start("mapped");
        opened.add(host);
        // The pods' root walks through the folder that lies above what it is given.
        Files.setPosixFilePermissions(
                host.work(), java.nio.file.attribute.PosixFilePermissions.fromString("rwx--x--x"));
        daemon = host.daemon("mapped").start();
        opened.add(daemon);
        configs = new Configs(host.work().resolve("configs"));
        ok("pull", Configs.BUSYBOX);
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
        // The pods' parent is the caller's, as kubelet's slices are.
        try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
            for (Path hierarchy : hierarchies.toList()) {
                Files.deleteIfExists(hierarchy.resolve(parent.substring(1)));
            }
        }
        Files.deleteIfExists(Path.of("/sys/fs/cgroup" + parent));
    }

    private String ok(String... arguments) {
        return daemon.crictl(arguments).orFail().line();
    }

    private String pod(String name, String extra) throws IOException {
        String ids =
                "[{\"container_id\": 0, \"host_id\": %d, \"length\": %d}]".formatted(FIRST, LENGTH);
        Path config = Path.of(configs.pod(name, extra));
        Files.writeString(
                config,
                Files.readString(config)
                        .replace(
                                "\"linux\": {}",
                                """
                                "linux": {"cgroup_parent": "%s", "security_context": {"namespace_options":
                                  {"pid": 1, "userns_options": {"mode": 0, "uids": %s, "gids": %s}}}}
                                """
                                        .formatted(parent, ids, ids)));
        return config.toString();
    }

    private String run(String name, String podConfig, String container) {
        String pod = ok("runp", podConfig);
        String id = ok("create", pod, container, podConfig);
        ok("start", id);
        assertThat(name).isNotEmpty();
        return id;
    }

    private void await(Path log, String text) throws Exception {
        for (int i = 0;
                i < 400 && !(Files.exists(log) && Files.readString(log).contains(text));
                i++) {
            Thread.sleep(50);
        }
        assertThat(Files.readString(log)).contains(text);
    }

    @Test
    void networkAndHostPortsWork() throws Exception {
        String config =
                pod(
                        "net",
                        ", \"port_mappings\": [{\"container_port\": 80, \"host_port\": 18090, \"protocol\": 0}]");
        String script =
                "cat /proc/self/uid_map; ip -4 -o addr show eth0;"
                        + " while :; do echo -e 'HTTP/1.0 200 OK\\r\\n\\r\\nhello' | nc -l -p 80; done";
        String id = run("net", config, configs.shell("net", script, ""));
        await(configs.log("net", "net"), "eth0");
        assertThat(Files.readString(configs.log("net", "net")))
                .containsPattern(" 0 +" + FIRST + " +" + LENGTH)
                .containsPattern("inet 10\\.");
        String address = "";
        for (String word : Files.readString(configs.log("net", "net")).split("[ /]+", -1)) {
            address = word.matches("10\\.\\d+\\.\\d+\\.\\d+") && address.isEmpty() ? word : address;
        }
        assertThat(get(address, 80)).contains("hello");
        String bridge = address.replaceAll("\\.\\d+\\.\\d+$", ".0.1");
        assertThat(get(bridge, 18090)).contains("hello");
        assertThat(ok("exec", "-s", id, "sh", "-c", "id -u; echo x >/made && ls -n /made"))
                .startsWith("0\n")
                .contains(" 0 ");
    }

    /** A few tries: the server in the container takes one connection after another. */
    private String get(String address, int port) throws InterruptedException {
        String answer = "";
        for (int i = 0; i < 50 && answer.isEmpty(); i++) {
            Thread.sleep(100);
            answer =
                    Command.run(
                                    host.inside(
                                            "timeout",
                                            "2",
                                            "bash",
                                            "-c",
                                            "exec 3<>/dev/tcp/%s/%d; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3"
                                                    .formatted(address, port)))
                            .stdout();
        }
        return answer;
    }

    @Test
    void terminalsWork() throws Exception {
        String config = pod("tty", "");
        String id =
                run(
                        "tty",
                        config,
                        configs.shell(
                                "tty",
                                "tty; ls -n $(tty); echo done; exec sleep 1000",
                                ", \"tty\": true"));
        await(configs.log("tty", "tty"), "done");
        assertThat(Files.readString(configs.log("tty", "tty")))
                .containsPattern("crw\\S+ +1 +0 +(0|5) ");
        Command.Result exec =
                Command.run(
                        host.inside(
                                "script",
                                "-qec",
                                "%s --config /dev/null --runtime-endpoint unix://%s exec -it %s sh -c 'tty; echo uid=$(id -u).'"
                                        .formatted(Places.tool("crictl"), daemon.socket(), id),
                                "/dev/null"));
        assertThat(exec.stdout()).contains("/dev/pts/");
        // The end of script's own input is echoed, too, wherever it falls.
        assertThat(exec.stdout()).contains("uid=0.");
    }

    /** The daemon is killed at moments spread over the whole of a pod's and a container's start. */
    @Test
    void aKilledDaemonLeavesNothing() throws Exception {
        String first = pod("first", "");
        run("first", first, configs.shell("first", "exec sleep 1000", ""));
        ok("rmp", "--all", "--force");
        Inventory before = Inventory.of(daemon);
        for (int round = 0; round < KILLS; round++) {
            String name = "kill" + round;
            String podConfig = pod(name, "");
            String container = configs.shell(name, "exec sleep 1000", "");
            Thread running =
                    Thread.ofPlatform()
                            .start(() -> daemon.crictl("run", "--no-pull", container, podConfig));
            Thread.sleep((long) round * STEP_MILLIS);
            daemon.kill();
            running.join();
            daemon.start();
            ok("rmp", "--all", "--force");
            assertThat(ok("pods", "-q")).isEmpty();
            assertThat(ours(before)).as("killed after %d ms", round * STEP_MILLIS).isEmpty();
        }
    }

    /** What is left, without control groups of others on this machine. */
    private List<String> ours(Inventory before) throws Exception {
        List<String> left = List.of("not looked");
        for (int i = 0; i < 100 && !left.isEmpty(); i++) {
            Thread.sleep(i == 0 ? 0 : 100);
            left =
                    Inventory.of(daemon).beyond(before).stream()
                            .filter(l -> !l.startsWith("new cgroup") || l.contains(parent))
                            .toList();
        }
        return left;
    }
}
