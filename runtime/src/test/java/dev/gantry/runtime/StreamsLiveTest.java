package dev.gantry.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.linux.process.Signals;
import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.OciSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Interactive commands and attaching, by the real shim, for both handlers. */
@Tag("root")
@Timeout(120)
class StreamsLiveTest {
    private static final StreamOptions PIPES = new StreamOptions(false, true, true, true);
    private static final StreamOptions TERMINAL = new StreamOptions(true, true, true, false);

    private LivePods pods;
    private PodHandle pod;

    @BeforeEach
    void open() throws Exception {
        pods = new LivePods();
        pod = pods.runtime.start(pods.spec());
    }

    @AfterEach
    void close() throws Exception {
        pod.stop();
        assertThat(pods.leftovers()).isEmpty();
        pods.close();
    }

    private ContainerLaunch start(String handler, String script) {
        ContainerLaunch launch = pods.launch(pods.shell(script), handler);
        pod.start(launch);
        return launch;
    }

    private ContainerLaunch start(
            String handler, String script, boolean terminal, boolean stdin, boolean once) {
        OciSpec spec = pods.shell(script);
        OciSpec terminals = spec.withProcess(spec.process().withTerminal(terminal));
        ContainerLaunch launch =
                LivePods.with(pods.launch(terminals, handler), terminal, stdin, once);
        pod.start(launch);
        return launch;
    }

    private ProcessStreams sh(ContainerLaunch launch, StreamOptions options, String script) {
        return pod.open(launch.id(), List.of("sh", "-c", script), options, CommandOptions.NONE);
    }

    private static void type(ProcessStreams streams, String text) throws IOException {
        OutputStream stdin = streams.stdin();
        stdin.write(text.getBytes(StandardCharsets.UTF_8));
        stdin.flush();
    }

    private static String all(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    private static BufferedReader lines(InputStream in) {
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void aCommandsStreamsAndItsEnd(String handler) throws Exception {
        ContainerLaunch launch = start(handler, "exec sleep 1000");
        try (ProcessStreams streams =
                sh(launch, PIPES, "echo ready; cat; echo end >&2; [ -t 0 ] || exit 41")) {
            BufferedReader out = lines(streams.stdout());
            assertThat(out.readLine()).isEqualTo("ready");
            type(streams, "one\n");
            assertThat(out.readLine()).isEqualTo("one");
            type(streams, "two");
            streams.stdin().close();
            assertThat(out.readLine()).isEqualTo("two");
            assertThat(out.readLine()).isNull();
            assertThat(all(streams.stderr())).isEqualTo("end\n");
            assertThat(streams.await()).isEqualTo(41);
            assertThatThrownBy(() -> streams.resize(1, 1)).hasMessageContaining("no terminal");
        }
        try (ProcessStreams killed = sh(launch, PIPES, "kill -9 $$")) {
            assertThat(killed.await()).isEqualTo(137);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void aTerminalOfACommand(String handler) throws Exception {
        ContainerLaunch launch = start(handler, "exec sleep 1000");
        try (ProcessStreams streams =
                sh(
                        launch,
                        TERMINAL,
                        "[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo tty; read a; stty size; exit 5")) {
            BufferedReader out = lines(streams.stdout());
            assertThat(out.readLine()).isEqualTo("tty");
            streams.resize(33, 99);
            type(streams, "go\n");
            assertThat(out.readLine()).isEqualTo("go");
            assertThat(out.readLine()).isEqualTo("33 99");
            assertThat(streams.await()).isEqualTo(5);
            assertThat(out.readLine()).isNull();
            assertThat(streams.stderr().read()).isEqualTo(-1);
        }
        try (ProcessStreams streams = sh(launch, TERMINAL, "echo up; exec sleep 1000")) {
            assertThat(lines(streams.stdout()).readLine()).isEqualTo("up");
            // What Ctrl-C sends goes through the terminal.
            type(streams, "\u0003");
            assertThat(streams.await()).isEqualTo(130);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void closingEndsACommandWithItsChildren(String handler) throws Exception {
        ContainerLaunch launch = start(handler, "exec sleep 1000");
        ProcessStreams streams =
                sh(launch, PIPES, "sleep 2001 & setsid sleep 2002 & echo up; sleep 2003");
        assertThat(lines(streams.stdout()).readLine()).isEqualTo("up");
        LivePods.await(() -> sleepers(launch) == 4);
        streams.close();
        streams.close();
        LivePods.await(() -> sleepers(launch) == 1);
        assertThatThrownBy(() -> streams.stdout().read()).isInstanceOf(IOException.class);
    }

    /** Those that live: the container's first process here reaps nobody. */
    private static long sleepers(ContainerLaunch launch) {
        return ProcessHandle.allProcesses().filter(p -> sleeps(p.pid(), launch.id())).count();
    }

    private static boolean sleeps(long pid, String containerId) {
        try {
            Path proc = Path.of("/proc/" + pid);
            return Files.readString(proc.resolve("cgroup")).contains(containerId)
                    && Files.readString(proc.resolve("stat")).contains("(sleep) S");
        } catch (IOException _) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void aBackgroundChildHoldsNobodyUp(String handler) throws Exception {
        ContainerLaunch launch = start(handler, "exec sleep 1000");
        try (ProcessStreams streams = sh(launch, PIPES, "sleep 3001 & echo done; exit 4")) {
            assertThat(streams.await()).isEqualTo(4);
            assertThat(all(streams.stdout())).isEqualTo("done\n");
            assertThat(all(streams.stderr())).isEmpty();
        }
        // It is the container's now.
        LivePods.await(() -> sleepers(launch) == 2);
    }

    @Test
    void failuresAreSaid() {
        ContainerLaunch launch = start("", "exec sleep 1000");
        assertThatThrownBy(
                        () ->
                                pod.open(
                                        launch.id(),
                                        List.of("/bin/nope"),
                                        PIPES,
                                        CommandOptions.NONE))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("/bin/nope")
                .hasMessageContaining("ENOENT");
        assertThatThrownBy(
                        () -> pod.open("f".repeat(64), List.of("sh"), PIPES, CommandOptions.NONE))
                .extracting(e -> ((Failure) e).code())
                .isEqualTo(Failure.Code.NOT_FOUND);
        assertThatThrownBy(() -> new StreamOptions(true, true, true, true))
                .hasMessageContaining("tty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void severalClientsAreAttached(String handler) throws Exception {
        ContainerLaunch launch =
                start(handler, "while read a; do echo got $a; done; exit 9", false, true, false);
        StreamOptions watch = new StreamOptions(false, false, true, true);
        ProcessStreams first = pod.attach(launch.id(), AttachOptions.of(PIPES));
        ProcessStreams second = pod.attach(launch.id(), AttachOptions.of(watch));
        type(first, "a\n");
        assertThat(lines(first.stdout()).readLine()).isEqualTo("got a");
        BufferedReader seen = lines(second.stdout());
        assertThat(seen.readLine()).isEqualTo("got a");
        // Its end of input is its own: stdin stays open for others.
        first.stdin().close();
        first.close();
        try (ProcessStreams third = pod.attach(launch.id(), AttachOptions.of(PIPES))) {
            type(third, "b\n");
            assertThat(lines(third.stdout()).readLine()).isEqualTo("got b");
            assertThat(seen.readLine()).isEqualTo("got b");
            pod.signal(launch.id(), Signals.SIGKILL, false);
            assertThat(third.await()).isEqualTo(137);
            assertThat(second.await()).isEqualTo(137);
            assertThat(seen.readLine()).isNull();
        }
        second.close();
        assertThat(pods.log(launch)).containsExactly("stdout F got a", "stdout F got b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void stdinOnceEndsWithTheFirstClient(String handler) throws Exception {
        ContainerLaunch launch =
                start(handler, "cat; echo over; sleep 1; exit 3", false, true, true);
        try (ProcessStreams streams = pod.attach(launch.id(), AttachOptions.of(PIPES))) {
            type(streams, "x\n");
            streams.stdin().close();
            BufferedReader out = lines(streams.stdout());
            assertThat(out.readLine()).isEqualTo("x");
            assertThat(out.readLine()).isEqualTo("over");
            assertThatThrownBy(() -> pod.attach(launch.id(), AttachOptions.of(PIPES)))
                    .hasMessageContaining("stdin is closed");
            assertThat(streams.await()).isEqualTo(3);
            assertThat(out.readLine()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void aTerminalOfAContainer(String handler) throws Exception {
        ContainerLaunch launch =
                start(handler, "while read a; do stty size; done", true, true, true);
        try (ProcessStreams streams = pod.attach(launch.id(), AttachOptions.of(TERMINAL))) {
            streams.resize(11, 22);
            type(streams, "x\n");
            BufferedReader out = lines(streams.stdout());
            assertThat(out.readLine()).isEqualTo("x");
            assertThat(out.readLine()).isEqualTo("11 22");
        }
        try (ProcessStreams again = pod.attach(launch.id(), AttachOptions.of(TERMINAL))) {
            type(again, "\u0004");
            assertThat(again.await()).isZero();
        }
    }

    @Test
    void aSlowReaderLosesItsOwnAttachmentOnly() throws Exception {
        ContainerLaunch launch =
                start(
                        "",
                        "while read a; do yes | head -c 200000; echo chunk; done",
                        false,
                        true,
                        false);
        StreamOptions watch = new StreamOptions(false, false, true, false);
        try (ProcessStreams slow = pod.attach(launch.id(), AttachOptions.of(watch));
                ProcessStreams fast = pod.attach(launch.id(), AttachOptions.of(PIPES))) {
            BufferedReader out = lines(fast.stdout());
            for (int i = 0; i < 40; i++) {
                type(fast, "go\n");
                String line = out.readLine();
                while (!"chunk".equals(line)) {
                    assertThat(line).isEqualTo("y");
                    line = out.readLine();
                }
            }
            assertThatThrownBy(slow::await)
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("not read fast enough")
                    .extracting(e -> ((Failure) e).code())
                    .isEqualTo(Failure.Code.RESOURCE_EXHAUSTED);
            // What it had not read in time is still there, then comes the end.
            assertThat(slow.stdout().readAllBytes().length).isBetween(1, 5_000_000);
            // Who goes without a word is no trouble either.
            pod.attach(launch.id(), AttachOptions.of(watch)).close();
            type(fast, "go\n");
            assertThat(out.readLine()).isEqualTo("y");
        }
    }

    @Test
    void twoHundredIdleCommandsCostNoThreads() throws Exception {
        ContainerLaunch launch = start("", "exec sleep 1000");
        List<ProcessStreams> open = new ArrayList<>();
        open.add(sh(launch, PIPES, "cat"));
        int before = Thread.getAllStackTraces().size();
        for (int i = 0; i < 200; i++) {
            ProcessStreams streams = sh(launch, PIPES, "cat");
            open.add(streams);
            Thread.startVirtualThread(
                    () -> {
                        try {
                            streams.stdout().transferTo(OutputStream.nullOutputStream());
                        } catch (IOException _) {
                            // Closed below.
                        }
                    });
        }
        assertThat(Thread.getAllStackTraces().size() - before)
                .isLessThanOrEqualTo(4 + 2 * Runtime.getRuntime().availableProcessors());
        for (ProcessStreams streams : open) {
            streams.stdin().close();
            assertThat(streams.await()).isZero();
            streams.close();
        }
    }
}
