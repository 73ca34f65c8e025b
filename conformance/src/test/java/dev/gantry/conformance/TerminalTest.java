package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** People at containers, through a real terminal. */
@Tag("root")
@Tag("go")
class TerminalTest extends WithDaemon {
    private static final String IMAGE = "busybox";
    private static final String PROMPT = "/ #";

    private Pane pane;

    @BeforeEach
    void open() throws IOException {
        if (gantry.run("image", "inspect", IMAGE).exitCode() != 0) {
            gantry.run("pull", Configs.BUSYBOX).orFail();
            gantry.run("tag", Configs.BUSYBOX, IMAGE).orFail();
        }
        pane = Pane.open(daemon, 100, 30);
    }

    @AfterEach
    void close() throws IOException {
        pane.close();
        List<String> left = gantry.run("ps", "-aq").orFail().stdout().lines().toList();
        if (!left.isEmpty()) {
            List<String> remove = new ArrayList<>(List.of("rm", "-f"));
            remove.addAll(left);
            gantry.run(remove.toArray(String[]::new)).orFail();
        }
    }

    private static String state(String container) {
        return gantry.run("inspect", "-f", "{{.State.Status}}", container).line();
    }

    private static void sleeper(String name) {
        gantry.run("run", "-d", "--name", name, IMAGE, "sleep", "1000").orFail();
    }

    @ParameterizedTest
    @ValueSource(strings = {"run -it --rm --name box busybox", "exec -it box"})
    void aShellHasTheWindowAndItsKeys(String verb) {
        boolean exec = verb.startsWith("exec");
        if (exec) {
            sleeper("box");
        }
        pane.type("gantry " + verb + " sh");
        pane.shows(PROMPT);
        pane.type("stty size");
        pane.shows("30 100");
        pane.type("while [ \"$(stty size)\" != '20 80' ]; do sleep 0.1; done; echo re''sized");
        pane.resize(80, 20);
        pane.shows("resized");
        pane.type("echo asle''ep; sleep 1000");
        pane.shows("asleep");
        pane.keys("C-c");
        pane.type("echo after-$((40+2))");
        pane.shows("after-42");
        pane.type("clear; exit 7");
        pane.ended(7);
        assertThat(gantry.run("ps", "-a", "--format", "{{.Names}}").line())
                .isEqualTo(exec ? "box" : "");
    }

    @Test
    void whoLetsGoComesBack() throws Exception {
        pane.type("gantry run -it --name box busybox sh");
        pane.shows(PROMPT);
        pane.type("echo one-$((1+1))");
        pane.shows("one-2");
        pane.keys("C-p", "C-q");
        pane.shows("read escape sequence: .* goes on; gantry attach .*");
        pane.ended(0);
        assertThat(state("box")).isEqualTo("running");
        pane.blank();
        pane.type("gantry attach box");
        pane.shows(PROMPT);
        pane.type("echo two-$((1+1))");
        pane.shows("two-2");
        try (Pane second = Pane.open(daemon, 100, 30)) {
            second.type("gantry attach --detach-keys ctrl-x,q box");
            second.shows(PROMPT);
            second.type("echo three-$((1+1))");
            second.shows("three-2");
            pane.shows("three-2");
            second.keys("C-p", "C-q", "C-c");
            second.type("echo four-$((1+1))");
            pane.shows("four-2");
            second.keys("C-x", "q");
            second.ended(0);
        }
        pane.type("clear; exit 5");
        pane.ended(5);
        Command.Result refused = gantry.run("attach", "box");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.stderr()).contains("stopped container", "gantry start -ai box");
        pane.blank();
        pane.type("gantry start -ai box");
        pane.type("echo again-$((1+1)); exit 6");
        pane.shows("again-2");
        pane.ended(6);
    }

    @Test
    void aDaemonThatGoesLeavesTheTerminalAsItWas() throws Exception {
        pane.type("gantry run -it --name box busybox sh");
        pane.shows(PROMPT);
        try (Pane plain = Pane.open(daemon, 100, 30)) {
            plain.type(
                    "gantry run --rm --name plain busybox sh -c 'echo beg''un; exec sleep 1000'");
            plain.shows("begun");
            daemon.kill();
            pane.shows("gantry: the daemon has gone away while container .*");
            pane.ended(125);
            plain.shows("gantry: the daemon has gone away while container .*");
            plain.ended(125);
        }
        daemon.start();
        assertThat(state("plain")).isEqualTo("running");
        pane.blank();
        pane.type("gantry attach box");
        pane.shows(PROMPT);
        pane.type("echo back-$((1+1)); exit 3");
        pane.shows("back-2");
        pane.ended(3);
    }

    @Test
    void withoutATerminalSignalsReachTheProcess() {
        String waits = "while :; do sleep 0.1; done'";
        pane.type(
                "gantry run --rm busybox sh -c 'trap \"echo int''errupted; exit 42\" INT; echo rea''dy; "
                        + waits);
        pane.shows("ready");
        pane.keys("C-c");
        pane.shows("interrupted");
        pane.ended(42);
        pane.blank();
        pane.type("gantry run --rm --init busybox sh -c 'echo rea''dy; exec sleep 1000'");
        pane.shows("ready");
        pane.keys("C-c");
        pane.ended(130);
        pane.blank();
        pane.type(
                "gantry run --rm busybox sh -c 'trap \"exit 43\" TERM; echo rea''dy; "
                        + waits
                        + " & sleep 0.1");
        pane.shows(".*ready");
        pane.type("clear; kill -TERM $!; wait $!");
        pane.ended(43);
        pane.blank();
        pane.type(
                "gantry run --name box --sig-proxy=false busybox sh -c 'echo rea''dy; exec sleep 1000'");
        pane.shows("ready");
        pane.keys("C-c");
        pane.shows("[^a-z]C");
        pane.ended(130);
        assertThat(state("box")).isEqualTo("running");
    }

    @Test
    void whoLooksOnLeavesByCtrlC() {
        gantry.run(
                        "run",
                        "-d",
                        "--name",
                        "box",
                        IMAGE,
                        "sh",
                        "-c",
                        "while :; do echo tick; sleep 0.2; done")
                .orFail();
        Map<String, String> shown =
                Map.of(
                        "logs -f box", "tick",
                        "stats box", "[0-9a-f]{12} +box .*%.*",
                        "events --since 10m --filter container=box", ".* container start .*");
        for (Map.Entry<String, String> verb : shown.entrySet()) {
            pane.blank();
            pane.type("gantry " + verb.getKey());
            pane.shows(verb.getValue());
            pane.keys("C-c");
            // The outer prompt has a line of its own, whatever the ^C stands beside.
            pane.ended(130);
            assertThat(state("box")).isEqualTo("running");
        }
    }

    @Test
    void statisticsChangeInPlaceAndFitTheWindow() throws Exception {
        sleeper("box");
        pane.type("gantry stats");
        pane.shows("CONTAINER ID +NAME .*PIDS");
        pane.resize(50, 10);
        pane.shows("CONTAINER ID +NAME +CPU % .{1,20}");
        String row = pane.shows("[0-9a-f]{12} +box +[0-9.]+% .*");
        assertThat(row.length()).isLessThan(50);
        pane.keys("C-c");
        pane.ended(130);
        assertThat(pane.screen()).filteredOn(line -> line.startsWith("CONTAINER")).hasSize(1);
    }

    @Test
    void coloursAreForTerminalsThatHaveSome() {
        gantry.run("create", "--name", "box", IMAGE, "/no/such").orFail();
        assertThat(gantry.run("start", "box").exitCode()).isNotZero();
        assertThat(gantry.run("explain", "box").stdout()).doesNotContain("\u001b");
        pane.done("gantry explain box");
        assertThat(pane.coloured()).contains("\u001b[31m");
        for (String without : List.of("NO_COLOR=1", "TERM=dumb")) {
            pane.blank();
            pane.done(without + " gantry explain box");
            assertThat(pane.coloured()).contains("/no/such").doesNotContain("\u001b[31m");
        }
    }

    @Test
    void nothingOfWhatIsWrittenIsLost() {
        for (int i = 0; i < 25; i++) {
            Command.Result quick = gantry.run("run", "--rm", IMAGE, "sh", "-c", "echo hi; exit 9");
            assertThat(quick.stdout()).isEqualTo("hi\n");
            assertThat(quick.exitCode()).isEqualTo(9);
        }
        String numbers =
                IntStream.rangeClosed(1, 20_000)
                        .mapToObj(i -> i + "\n")
                        .collect(Collectors.joining());
        assertThat(gantry.run("run", "--rm", IMAGE, "seq", "1", "20000").stdout())
                .isEqualTo(numbers);
    }

    @Test
    void aLargeInputArrivesWholeAndSlowReadersHoldTheContainerUp() throws Exception {
        Path input = daemon.folder().resolve("input");
        Command.run("bash", "-c", "head -c 40000000 /dev/urandom > " + input).orFail();
        String sum = Command.run("md5sum", input.toString()).line().substring(0, 32);
        String script =
                """
                g="$1 -H unix://$2"
                cat "$3" | $g run --rm -i busybox md5sum
                cat "$3" | $g run --rm -i busybox cat | (sleep 2; md5sum)
                $g run -d --name box busybox sleep 1000 >/dev/null
                cat "$3" | $g exec -i box cat | (sleep 1; md5sum)
                cat "$3" | $g run --rm -i busybox head -c 4 | wc -c
                """;
        Command.Result all =
                Command.run(
                                "bash",
                                "-c",
                                script,
                                "transfer",
                                Places.tree().resolve("bin/gantry").toString(),
                                daemon.socket().toString(),
                                input.toString())
                        .orFail();
        Files.delete(input);
        assertThat(all.stdout().lines())
                .containsExactly(sum + "  -", sum + "  -", sum + "  -", "4");
        assertThat(all.stderr().getBytes(StandardCharsets.UTF_8)).isEmpty();
    }
}
