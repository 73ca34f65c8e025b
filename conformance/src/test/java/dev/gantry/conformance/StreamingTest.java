package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exec, attach and port-forward by crictl and by client-go, over SPDY and over WebSocket. */
@Tag("root")
@Tag("go")
class StreamingTest extends WithDaemon {
    private static final String LIVE = "while :; do sleep 0.2; done";
    private static final Pattern FORWARDED =
            Pattern.compile("Forwarding from 127\\.0\\.0\\.1:(\\d+) ->");

    @BeforeAll
    static void prepare() {
        ok("pull", Configs.BUSYBOX);
        ok("pull", Configs.NGINX);
        Command.run(
                        Places.project().resolve("conformance/bin/build-tools").toString(),
                        "stream-client")
                .orFail();
    }

    /** The command line of crictl in the host's network, where the streaming URLs lead. */
    private static String crictl(String rest) {
        return "nsenter --net=/run/netns/%s -- %s --config /dev/null --runtime-endpoint unix://%s %s"
                .formatted(host.name(), Places.tool("crictl"), daemon.socket(), rest);
    }

    private static String client(String rest) {
        return "nsenter --net=/run/netns/%s -- %s -runtime unix://%s %s"
                .formatted(host.name(), Places.tool("stream-client"), daemon.socket(), rest);
    }

    private static Command.Result sh(String script) {
        return Command.run("bash", "-c", script);
    }

    private static String container(Pod pod, String script, String extra) throws IOException {
        return pod.start(configs.shell(pod.name(), script, extra));
    }

    @ParameterizedTest
    @CsvSource({"'',spdy", "'',websocket", "runc,spdy", "runc,websocket"})
    void aTerminalIsResizedWhileACommandRuns(String handler, String transport) throws Exception {
        try (Pod pod = Pod.run("terminal-" + transport, handler)) {
            String container = container(pod, LIVE, "");
            String script =
                    "until [ \"$(stty size 2>&-)\" = \"24 81\" ]; do sleep 0.1; done; echo fir''st; "
                            + "until [ \"$(stty size 2>&-)\" = \"43 132\" ]; do sleep 0.1; done; stty size; exit 7";
            Path inner =
                    Files.writeString(
                            host.work().resolve("terminal.sh"),
                            """
                            stty rows 24 cols 81
                            (until grep -qs first %1$s; do sleep 0.1; done; stty rows 43 cols 132 <%2$s) &
                            %3$s
                            echo "exit code $?"
                            """
                                    .formatted(
                                            host.work().resolve("typescript"),
                                            "/dev/tty",
                                            crictl(
                                                    "exec -it --transport %s %s sh -c '%s'"
                                                            .formatted(
                                                                    transport,
                                                                    container,
                                                                    script.replace(
                                                                            "'", "'\\''")))));
            String said =
                    sh("timeout 60 script -qefc 'sh %s' %s < <(sleep 20) 2>&1"
                                    .formatted(inner, host.work().resolve("typescript")))
                            .stdout();
            assertThat(said)
                    .contains("first")
                    .contains("43 132")
                    .contains("command terminated with exit code 7")
                    .contains("exit code 1");
        }
    }

    @ParameterizedTest
    @CsvSource({"'',spdy", "'',websocket", "runc,spdy", "runc,websocket"})
    void stdinEndsAndTheExitCodeIsTold(String handler, String transport) throws Exception {
        try (Pod pod = Pod.run("stdin-" + transport, handler)) {
            String container = container(pod, LIVE, "");
            String exec = "exec -i --transport " + transport + " " + container + " ";
            assertThat(sh("head -c 3000000 /dev/zero | " + crictl(exec + "wc -c")).line())
                    .isEqualTo("3000000");
            Command.Result failed =
                    sh("echo a line | " + crictl(exec + "sh -c 'cat; echo bad >&2; exit 42'"));
            assertThat(failed.exitCode()).isEqualTo(1);
            assertThat(failed.line()).isEqualTo("a line");
            assertThat(failed.stderr())
                    .contains("bad\n")
                    .contains("command terminated with exit code 42");
        }
    }

    @ParameterizedTest
    @CsvSource({"'',spdy", "'',websocket", "runc,spdy", "runc,websocket"})
    void attachGivesWhatIsTypedToTheFirstProcess(String handler, String transport)
            throws Exception {
        try (Pod pod = Pod.run("attach-" + transport, handler)) {
            String container =
                    container(
                            pod,
                            "while read line; do echo \"got $line\"; done; echo end; exit 5",
                            ", \"stdin\": true, \"stdin_once\": true");
            Command.Result attached =
                    sh(
                            "(sleep 1; echo one; echo two) | timeout 60 "
                                    + crictl(
                                            "attach -i --transport "
                                                    + transport
                                                    + " "
                                                    + container));
            assertThat(attached.stdout()).contains("got one\ngot two\n");
            await(
                    () -> ok("inspect", "-o", "json", container).contains("\"exitCode\": 5"),
                    "the end that the half-close brings");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'',spdy,cni", "'',websocket,cni", "runc,spdy,cni",
        "'',spdy,host", "'',websocket,host", "runc,websocket,host"
    })
    void portsAreForwarded(String handler, String transport, String network) throws Exception {
        String own = network.equals("host") ? ", \"linux\": " + hostNetwork() : "";
        try (Pod pod = Pod.run("ports-" + transport + "-" + network, handler, own)) {
            pod.start(configs.container(pod.name(), Configs.NGINX, ""));
            try (Forwarding forwarding = Forwarding.start(pod.id(), transport, "80", "81")) {
                List<String> answers = new ArrayList<>();
                await(() -> forwarding.get(0).contains("Welcome to nginx!"), "nginx");
                for (int i = 0; i < 5; i++) {
                    answers.add(forwarding.get(0));
                }
                assertThat(answers).allSatisfy(a -> assertThat(a).contains("Welcome to nginx!"));
                assertThat(
                                sh("seq 8 | xargs -P 8 -I{} nsenter --net=/run/netns/%s curl -s -m 20 http://127.0.0.1:%d/ | grep -c '<title>'"
                                                .formatted(host.name(), forwarding.port(0)))
                                        .line())
                        .isEqualTo("8");
                assertThat(forwarding.get(1)).isEmpty();
                await(
                        () -> forwarding.said().contains("error forwarding port 81"),
                        "the closed port's error");
            }
        }
    }

    private static String hostNetwork() {
        return "{\"security_context\": {\"namespace_options\": {\"network\": 2}}}";
    }

    /** A crictl port-forward that runs. */
    private record Forwarding(Process process, Path log) implements AutoCloseable {
        static Forwarding start(String pod, String transport, String... ports) throws IOException {
            Path log = Files.createTempFile(host.work(), "forward", ".log");
            String wanted = String.join(" ", Arrays.stream(ports).map(p -> "0:" + p).toList());
            String line = crictl("port-forward --transport " + transport + " " + pod);
            return new Forwarding(
                    new ProcessBuilder("bash", "-c", "exec " + line + " " + wanted)
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start(),
                    log);
        }

        String said() {
            try {
                return Files.readString(log);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        /** The local port of the n-th forwarded one; -1 while it is not known. */
        int port(int n) {
            Matcher matcher = FORWARDED.matcher(said());
            for (int i = 0; matcher.find(); i++) {
                if (i == n) {
                    return Integer.parseInt(matcher.group(1));
                }
            }
            return -1;
        }

        String get(int n) {
            return Command.run(host.inside("curl", "-s", "-m", "10", "http://127.0.0.1:" + port(n)))
                    .stdout();
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    @ParameterizedTest
    @CsvSource({"'',spdy", "'',websocket", "runc,websocket"})
    void aClientThatIsKilledLeavesNothingAndHoldsNobodyUp(String handler, String transport)
            throws Exception {
        try (Pod pod = Pod.run("killed-" + transport, handler)) {
            String container = container(pod, LIVE, "");
            sh(crictl("exec --transport " + transport + " " + container + " true"));
            List<Process> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String line =
                        crictl(
                                "exec --transport %s %s sh -c 'cat /dev/zero; sleep 1000%d'"
                                        .formatted(transport, container, i));
                // Two read as fast as they can, two not at all.
                clients.add(
                        new ProcessBuilder("bash", "-c", "exec " + line)
                                .redirectOutput(
                                        i < 2
                                                ? ProcessBuilder.Redirect.DISCARD
                                                : ProcessBuilder.Redirect.PIPE)
                                .redirectError(ProcessBuilder.Redirect.DISCARD)
                                .start());
            }
            await(() -> count(container, "zero") == 4, "the four commands");
            assertThat(sh("echo here | " + crictl("exec -i " + container + " cat")).line())
                    .isEqualTo("here");
            for (Process client : clients) {
                client.destroyForcibly().waitFor();
            }
            await(() -> count(container, "zero") == 0, "the commands' end");
            await(() -> connections() == 0, "the connections' end");
            assertThat(sh("echo here | " + crictl("exec -i " + container + " cat")).line())
                    .isEqualTo("here");
        }
    }

    private static long count(String container, String word) {
        return ok("exec", "-s", container, "ps")
                .lines()
                .filter(line -> line.contains("cat /dev/" + word) && !line.contains("sh -c"))
                .count();
    }

    /** Connections of the daemon's streaming server; those to the registry are others. */
    private static long connections() {
        return Command.run(host.inside("ss", "-Htnp", "state", "established"))
                .orFail()
                .stdout()
                .lines()
                .filter(line -> line.contains("pid=" + daemon.pid() + ","))
                .filter(line -> !line.contains(":5000 "))
                .count();
    }

    @ParameterizedTest
    @CsvSource({
        "'',websocket",
        "'',spdy",
        "'',fallback",
        "'',refused",
        "runc,websocket",
        "runc,spdy"
    })
    void clientGoRunsCommands(String handler, String transport) throws Exception {
        try (Pod pod = Pod.run("go-" + transport, handler)) {
            String container = container(pod, LIVE, "");
            String flags = "-transport " + transport + " -id " + container + " ";
            Command.Result piped =
                    sh(
                            "head -c 1000000 /dev/zero | "
                                    + client(
                                            flags
                                                    + "-stdin exec sh -c 'wc -c; echo bad >&2; exit 42'"));
            assertThat(piped.exitCode()).isEqualTo(42);
            assertThat(piped.line()).isEqualTo("1000000");
            assertThat(piped.stderr()).isEqualTo("bad\n");

            String script =
                    "until [ \"$(stty size 2>&-)\" = \"24 81\" ]; do sleep 0.1; done; echo first; "
                            + "until [ \"$(stty size 2>&-)\" = \"43 132\" ]; do sleep 0.1; done; stty size; exit 9";
            Command.Result terminal =
                    sh(
                            "timeout 60 "
                                    + client(
                                            flags
                                                    + "-stdin -tty -sizes 24x81,43x132 exec sh -c '"
                                                    + script
                                                    + "' < <(sleep 30)"));
            assertThat(terminal.stdout()).contains("first").contains("43 132");
            assertThat(terminal.exitCode()).isEqualTo(9);

            Command.Result none = sh(client(flags + "exec /no/such/program"));
            assertThat(none.exitCode()).isNotZero();
            assertThat(none.stderr()).contains("/no/such/program");
        }
    }

    @ParameterizedTest
    @CsvSource({"'',websocket", "'',spdy", "'',fallback", "runc,websocket"})
    void clientGoForwardsPorts(String handler, String transport) throws Exception {
        try (Pod pod = Pod.run("goport-" + transport, handler)) {
            pod.start(configs.container(pod.name(), Configs.NGINX, ""));
            String flags = "-transport " + transport + " -id " + pod.id() + " ";
            await(
                    () -> sh(client(flags + "forward 80")).exitCode() == 0,
                    "nginx through client-go");
            String all = sh(client(flags + "-count 20 forward 80")).orFail().stdout();
            assertThat(all.lines()).hasSize(20).allMatch(line -> line.startsWith("200 "));
            Command.Result closed = sh(client(flags + "forward 81"));
            assertThat(closed.exitCode()).isNotZero();
            assertThat(closed.stderr()).contains("error forwarding port 81");
        }
    }
}
